CREATE OR REPLACE FUNCTION kernel.checks()
RETURNS TABLE (name text, schema_name text, view_name text, about text, problem text)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH
    shape AS (
        SELECT array_agg(
            format('%I %s', a.attname, a.atttypid::regtype) ORDER BY a.attnum
        ) AS columns
        FROM pg_attribute AS a
        WHERE a.attrelid = 'kernel.finding'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ),
    views AS (
        SELECT n.nspname, c.oid, c.relname, (
            SELECT array_agg(format('%I %s', a.attname, a.atttypid::regtype) ORDER BY a.attnum)
            FROM pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attnum > 0
        ) AS columns
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname IN (SELECT kernel.guarded_schemas())
          AND c.relkind = 'v'
          AND c.relname LIKE 'check\__%'
    )
    SELECT
        CASE v.nspname WHEN 'kernel' THEN '' ELSE v.nspname || '.' END
            || substr(v.relname, length('check_') + 1),
        v.nspname::text,
        v.relname::text,
        obj_description(v.oid, 'pg_class'),
        CASE
            WHEN v.columns IS DISTINCT FROM s.columns THEN format(
                'its columns are not those of kernel.finding: %s', array_to_string(v.columns, ', ')
            )
            WHEN NOT has_table_privilege(v.oid, 'SELECT')
                OR NOT has_schema_privilege(v.nspname, 'USAGE')
                THEN format('%I may not read it', CURRENT_USER)
        END
    FROM views AS v
    CROSS JOIN shape AS s
    ORDER BY v.nspname <> 'kernel', v.nspname, v.relname
$$;

COMMENT ON FUNCTION kernel.checks() IS
'The checks that there are: every view named check_... in schema kernel and in those of apps. The
name is what p_only of kernel.findings takes; those of an app begin with its schema and a dot. The
problem, if any, is why the view can''t be asked: its columns, or the rights of this role.';

GRANT EXECUTE ON FUNCTION kernel.checks() TO strongroom_runner, pg_monitor;
