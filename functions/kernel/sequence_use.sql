CREATE OR REPLACE FUNCTION kernel.sequence_use()
RETURNS TABLE (schema_name name, sequence_name name, last_value bigint, end_value bigint)
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        s.schemaname,
        s.sequencename,
        s.last_value,
        -- A sequence may have more room than the column that it fills.
        CASE
            WHEN s.increment_by < 0 THEN s.min_value
            WHEN a.atttypid = 'int2'::regtype THEN least(s.max_value, 32767)
            WHEN a.atttypid = 'int4'::regtype THEN least(s.max_value, 2147483647)
            ELSE s.max_value
        END
    FROM pg_sequences AS s
    JOIN pg_namespace AS n ON n.nspname = s.schemaname
    JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.sequencename
    LEFT JOIN pg_depend AS d
        ON d.classid = 'pg_class'::regclass
        AND d.objid = c.oid
        AND d.refclassid = 'pg_class'::regclass
        AND d.deptype IN ('a', 'i')
    LEFT JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE s.schemaname IN (SELECT kernel.guarded_schemas())
      AND NOT s.cycle
$$;

COMMENT ON FUNCTION kernel.sequence_use() IS
'How far each sequence of ours is, and where it ends: at its own bound or at that of the column that
it fills. last_value is NULL before its first value. Runs as the owner, for it takes a right on each
sequence to see its value; it shows nothing else.';

GRANT EXECUTE ON FUNCTION kernel.sequence_use() TO strongroom_runner;
