CREATE OR REPLACE FUNCTION astroloh.cleanup_expired_sessions()
RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- With its record of destruction, and around what is on hold.
    v_count CONSTANT integer := kernel.apply_retention('dialog_sessions');
BEGIN
    IF v_count > 0 THEN
        INSERT INTO astroloh.security_logs (event_type, description, success)
        VALUES ('session_cleanup', format('%s dialogs that were over were deleted', v_count), true);
    END IF;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION astroloh.cleanup_expired_sessions() IS
'Deletes a batch of dialogs that are past their end: those that expired, and those that were ended
a day ago or earlier. Writes an event of security with their number, and returns it; 0 when a
sweep has found nothing more. Raises KR045 IsolationTooStrict.
@nonnull';

GRANT EXECUTE ON FUNCTION astroloh.cleanup_expired_sessions() TO strongroom_runner;
