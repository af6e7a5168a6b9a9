CREATE OR REPLACE FUNCTION kernel.referred_tables(p_relation regclass)
RETURNS SETOF regclass
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE referred AS (
        SELECT f.confrelid
        FROM pg_constraint AS f
        WHERE f.conrelid = p_relation AND f.contype = 'f'
        UNION
        SELECT f.confrelid
        FROM referred AS r
        JOIN pg_constraint AS f ON f.conrelid = r.confrelid AND f.contype = 'f'
    )
    SELECT r.confrelid::regclass FROM referred AS r
$$;

COMMENT ON FUNCTION kernel.referred_tables(regclass) IS
'The tables that the rows of a table refer to by foreign keys, directly or through others.';

GRANT EXECUTE ON FUNCTION kernel.referred_tables(regclass) TO strongroom_runner, pg_monitor;
