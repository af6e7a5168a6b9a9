CREATE OR REPLACE FUNCTION saltbitter.set_ai_opt_out(p_is_opted_out boolean)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
BEGIN
    IF p_is_opted_out THEN
        INSERT INTO saltbitter.ai_opt_outs (user_id) VALUES (v_user_id)
        ON CONFLICT (user_id) DO NOTHING;
    ELSIF NOT p_is_opted_out THEN
        DELETE FROM saltbitter.ai_opt_outs AS o WHERE o.user_id = v_user_id;
    ELSE
        RAISE EXCEPTION USING
            ERRCODE = 'SB025',
            MESSAGE = 'an opt-out is said with true or false',
            DETAIL = 'NULL was passed, which would change nothing in silence.',
            HINT = 'Pass true to opt out, false to opt in again.';
    END IF;
    IF FOUND THEN
        PERFORM saltbitter.log_compliance(
            v_user_id, CASE WHEN p_is_opted_out THEN 'ai_opt_out' ELSE 'ai_opt_in' END, 'sb_243',
            '{}'
        );
        RETURN true;
    END IF;
    RETURN false;
END;
$$;

COMMENT ON FUNCTION saltbitter.set_ai_opt_out(boolean) IS
'Opts the current user out of every AI feature, or in again; true where that changed something,
which the compliance log then has. Raises SB025 InvalidOptOut.
@nonnull';

ALTER FUNCTION saltbitter.set_ai_opt_out(boolean) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.set_ai_opt_out(boolean) TO saltbitter_app;
