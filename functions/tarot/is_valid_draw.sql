CREATE OR REPLACE FUNCTION tarot.is_valid_draw(p_spread_type text, p_cards jsonb)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
DECLARE
    v_count CONSTANT integer := tarot.card_count(p_spread_type);
BEGIN
    IF v_count IS NULL
        OR pg_catalog.jsonb_typeof(p_cards) IS DISTINCT FROM 'array'
        OR pg_catalog.jsonb_array_length(p_cards) <> v_count
    THEN
        RETURN false;
    END IF;
    RETURN (
        SELECT
            pg_catalog.bool_and(
                CASE
                    WHEN pg_catalog.jsonb_typeof(drawn.card) = 'object'
                    THEN (drawn.card ->> 'card' = ANY (tarot.deck())) IS TRUE
                        -- As text, because the numbers 1 and 1.0 are equal.
                        AND (drawn.card -> 'position')::text IS NOT DISTINCT FROM drawn.place::text
                        AND pg_catalog.jsonb_typeof(drawn.card -> 'reversed')
                            IS NOT DISTINCT FROM 'boolean'
                        AND drawn.card - ARRAY['card', 'position', 'reversed'] = '{}'
                    ELSE false
                END
            )
            AND pg_catalog.count(DISTINCT drawn.card ->> 'card') = v_count
        FROM pg_catalog.jsonb_array_elements(p_cards) WITH ORDINALITY AS drawn (card, place)
    );
END;
$$;

COMMENT ON FUNCTION tarot.is_valid_draw(text, jsonb) IS
'Whether cards are a draw for a spread: as many as it has, each of the deck and none twice, in the
order of their positions from 1, each {"card", "position", "reversed"} and nothing else. Never
NULL.';

GRANT EXECUTE ON FUNCTION tarot.is_valid_draw(text, jsonb)
TO tarot_app, tarot_worker, tarot_definer;
