CREATE OR REPLACE FUNCTION kernel.serving_roles(p_app text)
RETURNS SETOF name
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.rolname
    FROM unnest(
        ARRAY[
            'strongroom_owner', p_app || '_app', p_app || '_worker', p_app || '_analyst',
            p_app || '_definer'
        ]
    ) WITH ORDINALITY AS wanted (name, position)
    JOIN pg_roles AS r ON r.rolname = wanted.name
    ORDER BY wanted.position
$$;

COMMENT ON FUNCTION kernel.serving_roles(text) IS
'Whom the policy all_serving of the tables of an app is for: the roles of the app that there are, and
the owner, with whose rights views for analysts read.';

GRANT EXECUTE ON FUNCTION kernel.serving_roles(text) TO strongroom_runner, pg_monitor;
