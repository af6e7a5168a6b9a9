CREATE OR REPLACE FUNCTION astroloh.log_security_event(
    p_event_type text,
    p_description text,
    p_success boolean DEFAULT true,
    p_session_id uuid DEFAULT NULL,
    p_ip_hash astroloh.keyed_hash DEFAULT NULL,
    p_user_agent_hash astroloh.keyed_hash DEFAULT NULL,
    p_error_message text DEFAULT NULL
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT
        FROM astroloh.security_event_types AS t
        WHERE t.event_type = p_event_type AND t.is_reported
    ) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'ZD003',
            MESSAGE = 'this is no event that programs report',
            HINT = 'Report one that astroloh.security_event_types marks as is_reported.';
    END IF;
    INSERT INTO astroloh.security_logs (
        event_type, user_id, session_id, description, ip_hash, user_agent_hash, success,
        error_message
    )
    VALUES (
        p_event_type, kernel.user_uuid(), p_session_id, p_description, p_ip_hash,
        p_user_agent_hash, p_success, p_error_message
    );
END;
$$;

COMMENT ON FUNCTION astroloh.log_security_event(
    text, text, boolean, uuid, astroloh.keyed_hash, astroloh.keyed_hash, text
) IS
'Appends an event that a program saw to the security log: of the current user, or of nobody before
there is one. Raises ZD003 NotReportable, and of the log''s constraints UnknownSecurityEvent,
NotAKeyedHash, DescriptionLength.';

ALTER FUNCTION astroloh.log_security_event(
    text, text, boolean, uuid, astroloh.keyed_hash, astroloh.keyed_hash, text
)
OWNER TO astroloh_definer;
GRANT EXECUTE ON FUNCTION
    astroloh.log_security_event(
        text, text, boolean, uuid, astroloh.keyed_hash, astroloh.keyed_hash, text
    )
TO astroloh_app, astroloh_worker;
