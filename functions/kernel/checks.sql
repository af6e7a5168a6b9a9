CREATE OR REPLACE FUNCTION kernel.checks()
RETURNS TABLE (name text, schema_name text, view_name text, about text, problem text)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
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
        SELECT n.nspname, c.oid, c.relname, w.rolsuper AS is_superusers, (
            SELECT array_agg(format('%I %s', a.attname, a.atttypid::regtype) ORDER BY a.attnum)
            FROM pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attnum > 0
        ) AS columns
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_roles AS w ON w.oid = c.relowner
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
            -- Whoever may make a view in an app could act as the superuser who asks it. RESET ROLE
            -- gives the rights of the session back, so a role that was set is no protection.
            WHEN v.nspname <> 'kernel' AND NOT v.is_superusers AND EXISTS (
                SELECT
                FROM pg_roles AS r
                WHERE r.rolname IN (SESSION_USER, CURRENT_USER) AND r.rolsuper
            )
                THEN 'a superuser lends a check of an app no rights'
        END
    FROM views AS v
    CROSS JOIN shape AS s
    ORDER BY v.nspname <> 'kernel', v.nspname, v.relname
$$;

COMMENT ON FUNCTION kernel.checks() IS
'The checks that there are: every view named check_... in schema kernel and in those of apps. The
name is what p_only of kernel.findings takes; those of an app begin with its schema and a dot. The
problem, if any, is why the view can''t be asked: its columns, the rights of this role, or that a
superuser asks, who runs no view of an app that another role owns.';

GRANT EXECUTE ON FUNCTION kernel.checks() TO strongroom_runner, pg_monitor;
