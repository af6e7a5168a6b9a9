CREATE OR REPLACE FUNCTION chatsphere.revoke_api_key(p_key_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
BEGIN
    UPDATE chatsphere.api_keys AS k
    SET revoked_at = coalesce(k.revoked_at, now())
    WHERE k.user_id = v_user_id AND k.id = p_key_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SP004',
            MESSAGE = 'no such key',
            DETAIL = 'The account of this transaction has no key with this id.',
            HINT = 'Take the id from list_api_keys.';
    END IF;
END;
$$;

COMMENT ON FUNCTION chatsphere.revoke_api_key(uuid) IS
'Ends a key of the current user for good; a repeat changes nothing.
Raises KR001 MissingIdentity, SP004 UnknownKey.';

ALTER FUNCTION chatsphere.revoke_api_key(uuid) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.revoke_api_key(uuid) TO chatsphere_app;
