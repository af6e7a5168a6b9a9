CREATE OR REPLACE FUNCTION chatsphere.authenticate_api_key(
    p_api_key text,
    OUT user_id uuid,
    OUT key_id uuid
)
RETURNS SETOF record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
ROWS 1
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_key chatsphere.api_keys;
BEGIN
    SELECT k.*
    INTO v_key
    FROM chatsphere.api_keys AS k
    JOIN chatsphere.users AS u ON u.id = k.user_id
    WHERE k.prefix = split_part(p_api_key, '_', 2)
      AND k.key_hash = chatsphere.hash_secret(p_api_key)
      AND k.revoked_at IS NULL
      AND (k.expires_at IS NULL OR k.expires_at > now())
      AND u.is_active
      AND u.erased_at IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF v_key.last_used_at IS NULL OR v_key.last_used_at < now() - interval '1 minute' THEN
        -- Whoever is here at the same moment writes the same: nobody waits.
        UPDATE chatsphere.api_keys AS k
        SET last_used_at = now()
        FROM (
            SELECT t.user_id, t.id
            FROM chatsphere.api_keys AS t
            WHERE t.user_id = v_key.user_id AND t.id = v_key.id
            FOR NO KEY UPDATE SKIP LOCKED
        ) AS free
        WHERE k.user_id = free.user_id AND k.id = free.id;
    END IF;
    user_id := v_key.user_id;
    key_id := v_key.id;
    RETURN NEXT;
END;
$$;

COMMENT ON FUNCTION chatsphere.authenticate_api_key(text) IS
'Whose key this is, and which; no row for one that is unknown, wrong, revoked or expired, or of an
account that is closed: all are told alike. Notes once a minute that it is in use. Runs before there
is an identity; look it up by its prefix, compare the whole by its hash.
@nonnull';

ALTER FUNCTION chatsphere.authenticate_api_key(text) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.authenticate_api_key(text) TO chatsphere_app;
