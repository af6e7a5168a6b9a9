CREATE OR REPLACE FUNCTION chatsphere.create_api_key(
    p_name text,
    p_expires_at timestamptz DEFAULT NULL,
    OUT key_id uuid,
    OUT api_key text
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
    -- The last twelve digits of a random uuid, which no version number stands in.
    v_prefix CONSTANT text := right(gen_random_uuid()::text, 12);
BEGIN
    PERFORM
    FROM chatsphere.users AS u
    WHERE u.id = v_user_id AND u.is_active AND u.erased_at IS NULL
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM chatsphere.refuse_account();
    END IF;
    IF (
        SELECT count(*)
        FROM chatsphere.api_keys AS k
        WHERE k.user_id = v_user_id AND k.revoked_at IS NULL
    ) >= 50 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SP016',
            MESSAGE = 'the account has too many keys',
            DETAIL = 'An account has at most 50 keys that are not revoked.',
            HINT = 'Revoke one that is not used any more.';
    END IF;
    api_key := format('sk_%s_%s', v_prefix, chatsphere.new_secret());
    INSERT INTO chatsphere.api_keys (user_id, name, prefix, key_hash, expires_at)
    VALUES (v_user_id, p_name, v_prefix, chatsphere.hash_secret(api_key), p_expires_at)
    RETURNING id INTO key_id;
END;
$$;

COMMENT ON FUNCTION chatsphere.create_api_key(text, timestamptz) IS
'Makes an API key for the current user. The key is in the answer and nowhere else: show it once.
Raises KR001 MissingIdentity, SP002 UnknownAccount, SP016 TooManyKeys.
@nonnull';

ALTER FUNCTION chatsphere.create_api_key(text, timestamptz) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.create_api_key(text, timestamptz) TO chatsphere_app;
