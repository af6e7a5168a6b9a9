CREATE OR REPLACE FUNCTION kernel.require_app(p_app text)
RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF coalesce(p_app NOT IN (SELECT kernel.app_schemas()), true) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR110',
            MESSAGE = format('there is no app %s', coalesce(quote_ident(p_app), 'NULL')),
            HINT = 'Name one of kernel.app_schemas().';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.require_app(text) IS
'Raises KR110 UnknownApp where no schema of this name is an app.';

GRANT EXECUTE ON FUNCTION kernel.require_app(text) TO strongroom_runner, strongroom_definer;
