CREATE OR REPLACE FUNCTION kernel.app_schemas()
RETURNS SETOF text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT n.nspname::text
    FROM pg_namespace AS n
    WHERE EXISTS (
        SELECT
        FROM kernel.comment_tags(obj_description(n.oid, 'pg_namespace')) AS t
        WHERE t.tag = 'app'
    )
    ORDER BY n.nspname;
END;
$$;

COMMENT ON FUNCTION kernel.app_schemas() IS
'The schemas that are apps: those whose comment has the tag @app.';

GRANT EXECUTE ON FUNCTION kernel.app_schemas() TO strongroom_runner, strongroom_definer, pg_monitor;
