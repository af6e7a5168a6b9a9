CREATE OR REPLACE FUNCTION tarot.find_session(
    p_token text,
    OUT user_id bigint,
    OUT session_id bigint,
    OUT context jsonb,
    OUT expires_at timestamptz,
    OUT cache_until timestamptz
)
RETURNS SETOF record
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
ROWS 1
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT s.user_id, s.id, s.context, s.expires_at, least(s.expires_at, now() + c.lifetime)
    FROM tarot.sessions AS s
    JOIN tarot.users AS u ON u.id = s.user_id
    CROSS JOIN tarot.cache_lifetimes AS c
    WHERE s.token_hash = tarot.session_token_hash(p_token)
      AND s.expires_at > now()
      AND u.is_active
      AND u.erased_at IS NULL
      AND c.entry = 'session';
END;
$$;

COMMENT ON FUNCTION tarot.find_session(text) IS
'Whose session this token opens, what the program remembers in it, when it ends, and until when a
cache may show it; no row for a token that opens nothing, or of somebody who is not active or was
erased. Runs before there is an identity: the token is the proof (T-23).
@nonnull';

ALTER FUNCTION tarot.find_session(text) OWNER TO tarot_definer;
GRANT EXECUTE ON FUNCTION tarot.find_session(text) TO tarot_app;
