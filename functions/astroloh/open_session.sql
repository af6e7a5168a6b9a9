CREATE OR REPLACE FUNCTION astroloh.open_session(
    p_platform astroloh.platform,
    p_session_id text,
    p_lifetime interval DEFAULT '30 minutes',
    p_ip_hash astroloh.keyed_hash DEFAULT NULL,
    p_user_agent_hash astroloh.keyed_hash DEFAULT NULL
)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user CONSTANT uuid := kernel.require_user_uuid();
    v_until CONSTANT timestamptz := now() + astroloh.require_lifetime(p_lifetime);
    v_id uuid;
BEGIN
    UPDATE astroloh.users AS u
    SET last_accessed = now()
    WHERE u.id = v_user AND u.last_accessed < now() - interval '1 minute';

    INSERT INTO astroloh.user_sessions AS s (user_id, platform, session_id, expires_at)
    VALUES (v_user, p_platform, p_session_id, v_until)
    ON CONFLICT (session_id) DO NOTHING
    RETURNING s.id INTO v_id;
    IF FOUND THEN
        INSERT INTO astroloh.security_logs (
            event_type, user_id, session_id, description, ip_hash, user_agent_hash, success
        )
        VALUES ('login', v_user, v_id, 'a dialog began', p_ip_hash, p_user_agent_hash, true);
        RETURN v_id;
    END IF;

    -- A twin may have begun it after this transaction did.
    UPDATE astroloh.user_sessions AS s
    SET last_activity = greatest(s.last_activity, now()), expires_at = v_until
    WHERE s.session_id = p_session_id
      AND s.user_id = v_user
      AND s.is_active
      AND s.expires_at > now()
    RETURNING s.id INTO v_id;
    IF v_id IS NULL THEN
        PERFORM astroloh.refuse_session();
    END IF;
    RETURN v_id;
END;
$$;

COMMENT ON FUNCTION astroloh.open_session(
    astroloh.platform, text, interval, astroloh.keyed_hash, astroloh.keyed_hash
) IS
'Our own id of the current user''s dialog that the platform calls so: begun now, or gone on with. A
begin is an event of security, and a visit. Raises ZD004 SessionClosed, ZD005 InvalidLifetime,
KR001 MissingIdentity.
@nonnull';

ALTER FUNCTION astroloh.open_session(
    astroloh.platform, text, interval, astroloh.keyed_hash, astroloh.keyed_hash
)
OWNER TO astroloh_definer;
GRANT EXECUTE ON FUNCTION
    astroloh.open_session(
        astroloh.platform, text, interval, astroloh.keyed_hash, astroloh.keyed_hash
    )
TO astroloh_app;
