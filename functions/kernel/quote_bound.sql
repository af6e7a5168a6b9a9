CREATE OR REPLACE FUNCTION kernel.quote_bound(p_bound text)
RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN CASE
    WHEN p_bound IN ('MINVALUE', 'MAXVALUE') THEN p_bound
    ELSE pg_catalog.quote_literal(p_bound)
END;

COMMENT ON FUNCTION kernel.quote_bound(text) IS
'A bound as it stands in FOR VALUES: a literal, or a key word.';
