CREATE OR REPLACE FUNCTION kernel.guarded_schemas()
RETURNS SETOF text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT 'kernel'
    UNION ALL
    SELECT kernel.app_schemas();
END;
$$;

COMMENT ON FUNCTION kernel.guarded_schemas() IS
'The schemas that the rules of the data layer hold for: kernel and every app.';

GRANT EXECUTE ON FUNCTION kernel.guarded_schemas() TO strongroom_runner, pg_monitor;
