CREATE OR REPLACE FUNCTION persona.forget_answers()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT bigint := kernel.require_user_bigint();
    v_count bigint;
BEGIN
    DELETE FROM persona.llm_cache AS a WHERE a.user_id = v_user_id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION persona.forget_answers() IS
'Forgets every answer that is cached for the current user alone; how many.
@nonnull';

ALTER FUNCTION persona.forget_answers() OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.forget_answers() TO persona_app;
