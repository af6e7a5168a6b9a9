CREATE TABLE chatsphere.api_keys (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    name text NOT NULL,
    prefix text NOT NULL,
    key_hash bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    CONSTRAINT api_keys_pkey PRIMARY KEY (user_id, id),
    -- Keys go with the person.
    CONSTRAINT api_keys_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES chatsphere.users (id) ON DELETE CASCADE,
    -- Across all accounts: the prefix is what a key is found by before anybody is known.
    CONSTRAINT api_keys_prefix_key UNIQUE (prefix),
    CONSTRAINT api_keys_name_length_check CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT api_keys_prefix_check CHECK (prefix ~ '^[0-9a-f]{12}$'),
    CONSTRAINT api_keys_key_hash_check CHECK (octet_length(key_hash) = 32),
    CONSTRAINT api_keys_expires_at_check CHECK (
        expires_at > created_at
        AND expires_at AT TIME ZONE 'UTC' < timestamp '9999-01-01'
    )
);

COMMENT ON TABLE chatsphere.api_keys IS
'Keys that programs of an account call with. A key is shown once, when it is made; what is kept is
its first part, by which it is found, and the SHA-256 of the whole. It holds 244 random bits, so a
slow hash would add nothing.
@row ApiKey
@rows 300k';
COMMENT ON COLUMN chatsphere.api_keys.user_id IS
'Whose key it is.
@internal';
COMMENT ON COLUMN chatsphere.api_keys.id IS
'Name of the key that may be shown and logged.
@internal';
COMMENT ON COLUMN chatsphere.api_keys.name IS
'What the person calls it.
@personal content
@erase delete';
COMMENT ON COLUMN chatsphere.api_keys.prefix IS
'Part of the key by which it is found, and by which a person tells keys apart.
@personal credential
@erase delete';
COMMENT ON COLUMN chatsphere.api_keys.key_hash IS
'SHA-256 of the whole key.
@personal credential
@erase delete';
COMMENT ON COLUMN chatsphere.api_keys.created_at IS
'When it was made.
@internal';
COMMENT ON COLUMN chatsphere.api_keys.expires_at IS
'From when on it opens nothing; NULL for a key without an end.
@internal';
COMMENT ON COLUMN chatsphere.api_keys.revoked_at IS
'When it was revoked; NULL while it holds.
@internal';
COMMENT ON COLUMN chatsphere.api_keys.last_used_at IS
'When it last opened something, to the minute.
@personal activity
@erase delete';
COMMENT ON CONSTRAINT api_keys_name_length_check ON chatsphere.api_keys IS
'@error KeyNameLength The name of a key has 1 to 100 characters.';
COMMENT ON CONSTRAINT api_keys_expires_at_check ON chatsphere.api_keys IS
'@error KeyExpiryInvalid A key expires after it is made, and before the year 9999.';

ALTER TABLE chatsphere.api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.api_keys
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.api_keys
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.api_keys
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_definer ON chatsphere.api_keys
FOR SELECT TO chatsphere_definer USING (true);
CREATE POLICY insert_definer ON chatsphere.api_keys
FOR INSERT TO chatsphere_definer WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY update_definer ON chatsphere.api_keys
FOR UPDATE TO chatsphere_definer USING (true) WITH CHECK (true);

-- A hash is for the function alone that compares it.
GRANT SELECT (user_id, id, name, prefix, created_at, expires_at, revoked_at, last_used_at)
ON chatsphere.api_keys TO chatsphere_app;
GRANT
    SELECT,
    INSERT (user_id, name, prefix, key_hash, expires_at),
    UPDATE (revoked_at, last_used_at)
ON chatsphere.api_keys TO chatsphere_definer;

SELECT kernel.enable_audit('chatsphere.api_keys');
