CREATE OR REPLACE FUNCTION tarot.open_session(
    p_lifetime interval DEFAULT interval '30 days',
    OUT session_id bigint,
    OUT session_token text,
    OUT expires_at timestamptz
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT bigint := kernel.require_user_bigint();
BEGIN
    -- Two random uuids: 244 bits that nobody guesses.
    session_token := 'ts_' || translate(
        encode(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 'base64'), '+/=', '-_'
    );
    INSERT INTO tarot.sessions AS s (user_id, token_hash, expires_at)
    SELECT u.id, tarot.session_token_hash(session_token), now() + p_lifetime
    FROM tarot.users AS u
    WHERE u.id = v_user_id AND u.erased_at IS NULL
    RETURNING s.id, s.expires_at INTO session_id, expires_at;
    IF NOT FOUND THEN
        PERFORM tarot.refuse_unknown_account(v_user_id);
    END IF;
END;
$$;

COMMENT ON FUNCTION tarot.open_session(interval) IS
'Opens a session of the person of this transaction: its number, its token, and when it ends. The
token is in the answer and nowhere else; keep it where only the person''s program reads it. Raises
TR009 UnknownAccount for somebody who is not there or was erased, KR001 MissingIdentity (T-23).
@nonnull';

ALTER FUNCTION tarot.open_session(interval) OWNER TO tarot_definer;
GRANT EXECUTE ON FUNCTION tarot.open_session(interval) TO tarot_app;
