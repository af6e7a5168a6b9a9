CREATE OR REPLACE FUNCTION kernel.erasure_problem(
    p_tags jsonb,
    p_deletes boolean,
    p_parents text[]
)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE
        WHEN p_tags -> 'untagged' <> '[]' THEN format(
            'It is not said what erasure does to %s.', p_tags #>> '{untagged,0}'
        )
        WHEN p_deletes AND p_tags -> 'keeps' <> '[]' THEN format(
            '%s is to be kept, and %s takes its row away.',
            p_tags #>> '{keeps,0}', p_tags #>> '{deletes,0}'
        )
        WHEN p_tags -> 'firm' <> '[]' THEN format(
            '%s is to be emptied, and is NOT NULL.', p_tags #>> '{firm,0}'
        )
        WHEN (p_tags ->> 'is_blind')::boolean THEN 'Its owner has no policy that shows every row.'
        WHEN NOT p_deletes THEN (
            SELECT format('Its rows would go with those of %s.', substr(min(p.parent), 3))
            FROM unnest(p_parents) AS p (parent)
            WHERE starts_with(p.parent, 'c ')
            HAVING count(*) > 0
        )
    END;
END;
$$;

COMMENT ON FUNCTION kernel.erasure_problem(jsonb, boolean, text[]) IS
'Why a table can''t be erased from, as a sentence, or NULL: by its tags (kernel.erasure_columns as an
object), by whether its rows go, and by the tables that it refers to whose rows go (with the deletion
action of the foreign key in front).';
