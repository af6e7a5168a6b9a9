CREATE OR REPLACE FUNCTION kernel.subject_conditions(p_app text)
RETURNS TABLE (relation regclass, condition text, is_direct boolean, is_shared boolean)
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT c.relation, c.condition, c.is_direct, c.is_shared
    FROM kernel.people_conditions(p_app, NULL) AS c;
END;
$$;

COMMENT ON FUNCTION kernel.subject_conditions(text) IS
'Which rows of which tables of an app are a person''s, without an order: see kernel.subject_tables.';

GRANT EXECUTE ON FUNCTION kernel.subject_conditions(text) TO strongroom_runner, pg_monitor;
