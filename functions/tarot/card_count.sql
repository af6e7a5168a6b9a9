CREATE OR REPLACE FUNCTION tarot.card_count(p_spread_type text)
RETURNS integer
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN CASE p_spread_type
    WHEN 'single' THEN 1
    WHEN 'three' THEN 3
    WHEN 'celtic' THEN 10
    WHEN 'relationship' THEN 7
    WHEN 'career' THEN 5
    WHEN 'week_ahead' THEN 7
    WHEN 'monthly_guidance' THEN 5
    WHEN 'yearly_path' THEN 13
    WHEN 'life_path' THEN 9
END;

COMMENT ON FUNCTION tarot.card_count(text) IS
'How many cards a spread has; NULL for what is no spread.';

GRANT EXECUTE ON FUNCTION tarot.card_count(text)
TO tarot_app, tarot_worker, tarot_analyst, tarot_definer;
