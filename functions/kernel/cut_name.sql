CREATE OR REPLACE FUNCTION kernel.cut_name(p_name text, p_bytes integer)
RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN (
    SELECT pg_catalog.left(p_name, n.length)
    FROM pg_catalog.generate_series(least(pg_catalog.length(p_name), p_bytes), 0, -1) AS n (length)
    WHERE pg_catalog.octet_length(pg_catalog.left(p_name, n.length)) <= p_bytes
    ORDER BY n.length DESC
    LIMIT 1
);

COMMENT ON FUNCTION kernel.cut_name(text, integer) IS
'The longest beginning of a name that has at most so many bytes and no half character.';

GRANT EXECUTE ON FUNCTION kernel.cut_name(text, integer) TO strongroom_runner;
