CREATE OR REPLACE FUNCTION astroloh.require_processing(p_user_id uuid)
RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
AS $$
BEGIN
    IF NOT astroloh.may_process(p_user_id) THEN
        PERFORM astroloh.refuse_processing();
    END IF;
END;
$$;

COMMENT ON FUNCTION astroloh.require_processing(uuid) IS
'Nothing, if astroloh.may_process() is true; else raises KR130 ConsentMissing.';

GRANT EXECUTE ON FUNCTION astroloh.require_processing(uuid)
TO astroloh_app, astroloh_worker, astroloh_definer;
