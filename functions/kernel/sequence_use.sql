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
            WHEN s.increment_by < 0 THEN greatest(s.min_value, -filled.room - 1)
            ELSE least(s.max_value, filled.room)
        END
    FROM pg_sequences AS s
    JOIN pg_namespace AS n ON n.nspname = s.schemaname
    JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.sequencename
    CROSS JOIN LATERAL (
        SELECT min(
            CASE kernel.base_type(a.atttypid)
                WHEN 'int2'::regtype THEN 32767
                WHEN 'int4'::regtype THEN 2147483647
            END
        )::bigint
        FROM (
            -- Those that it belongs to, and those that take their default from it.
            SELECT d.refobjid, d.refobjsubid
            FROM pg_depend AS d
            WHERE d.classid = 'pg_class'::regclass
              AND d.objid = c.oid
              AND d.refclassid = 'pg_class'::regclass
              AND d.deptype IN ('a', 'i')
            UNION
            SELECT f.adrelid, f.adnum
            FROM pg_depend AS d
            JOIN pg_attrdef AS f ON f.oid = d.objid
            WHERE d.classid = 'pg_attrdef'::regclass
              AND d.refclassid = 'pg_class'::regclass
              AND d.refobjid = c.oid
        ) AS u (relation, position)
        JOIN pg_attribute AS a ON a.attrelid = u.relation AND a.attnum = u.position
    ) AS filled (room)
    WHERE s.schemaname IN (SELECT kernel.guarded_schemas())
      AND NOT s.cycle
$$;

COMMENT ON FUNCTION kernel.sequence_use() IS
'How far each sequence of ours is, and where it ends: at its own bound or at that of the column that
it fills. last_value is NULL before its first value. Runs as the owner, for it takes a right on each
sequence to see its value; it shows nothing else.';

GRANT EXECUTE ON FUNCTION kernel.sequence_use() TO strongroom_runner;
