CREATE TABLE saltbitter.users (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    email text NOT NULL,
    password_hash text NOT NULL,
    verified boolean NOT NULL DEFAULT false,
    subscription_tier text NOT NULL DEFAULT 'free',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_login_at timestamptz,
    erased_at timestamptz,
    moved_at timestamptz,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_email_key UNIQUE (email),
    -- Small letters only, so that A@x and a@x are one person, and an index finds them.
    CONSTRAINT users_email_case_check CHECK (email = lower(email)),
    CONSTRAINT users_email_format_check
        CHECK (length(email) <= 254 AND email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'),
    CONSTRAINT users_email_reserved_check
        CHECK (erased_at IS NOT NULL OR email !~ '@erased\.invalid$'),
    CONSTRAINT users_password_hash_check CHECK (
        password_hash ~ '^\$2[aby]\$12\$[./A-Za-z0-9]{53}$'
        OR erased_at IS NOT NULL AND password_hash = '*'
    ),
    CONSTRAINT users_subscription_tier_check
        CHECK (subscription_tier IN ('free', 'premium', 'elite')),
    -- Python reads years from 1 to 9999, and no row may stop a list of them.
    CONSTRAINT users_last_login_at_range_check CHECK (
        last_login_at AT TIME ZONE 'UTC' BETWEEN timestamp '2000-01-01' AND timestamp '9999-01-01'
    ),
    -- Payments outlive the person: what stays of an erased one is the id and the moment.
    CONSTRAINT users_tombstone_check CHECK (
        erased_at IS NULL
        OR email = id::text || '@erased.invalid'
        AND password_hash = '*'
        AND NOT verified
        AND subscription_tier = 'free'
        AND created_at = erased_at
        AND last_login_at IS NULL
        AND moved_at IS NULL
    )
);

CREATE INDEX users_subscription_tier_idx ON saltbitter.users (subscription_tier, id)
WHERE subscription_tier <> 'free';

COMMENT ON TABLE saltbitter.users IS
'People with an account. An erased person stays as a tombstone (id and erased_at), because payments
are kept.
@row User
@rows 10M';
COMMENT ON COLUMN saltbitter.users.id IS
'The person; strangers see it, so it tells nothing of when they joined.
@internal
@subject';
COMMENT ON COLUMN saltbitter.users.email IS
'Where the person is reached, in small letters; of an erased person, made of the id.
@personal contact
@erase mask id::text || ''@erased.invalid''';
COMMENT ON COLUMN saltbitter.users.password_hash IS
'The password as bcrypt of cost 12 makes it; of an erased person an asterisk, which no password
gives.
@personal credential
@erase mask ''*''';
COMMENT ON COLUMN saltbitter.users.verified IS
'Whether the person has shown that the address is theirs.
@internal
@erase mask false';
COMMENT ON COLUMN saltbitter.users.subscription_tier IS
'What the person pays for now. The subscription decides; this follows it.
@personal subscription
@erase mask ''free''
@mask keep';
COMMENT ON COLUMN saltbitter.users.created_at IS
'When the person joined; of an erased person, the moment of erasure.
@personal activity
@erase mask erased_at';
COMMENT ON COLUMN saltbitter.users.updated_at IS
'When the row last changed.
@internal';
COMMENT ON COLUMN saltbitter.users.last_login_at IS
'When the person last logged in.
@personal activity
@erase null';
COMMENT ON COLUMN saltbitter.users.erased_at IS
'When the person was erased; NULL for everybody else.
@internal';
COMMENT ON COLUMN saltbitter.users.moved_at IS
'When the profile last came into another cell; the next move has to wait. It stands here because a
profile can be deleted and made anew.
@personal activity
@erase null';
COMMENT ON CONSTRAINT users_email_case_check ON saltbitter.users IS
'@error EmailCase An e-mail address is kept in small letters.';
COMMENT ON CONSTRAINT users_email_format_check ON saltbitter.users IS
'@error EmailInvalid An e-mail address is name@host.domain, at most 254 characters.';
COMMENT ON CONSTRAINT users_email_reserved_check ON saltbitter.users IS
'@error EmailReserved Addresses at erased.invalid belong to nobody.';
COMMENT ON CONSTRAINT users_password_hash_check ON saltbitter.users IS
'@error PasswordHashInvalid A password is kept as a bcrypt hash of cost 12, never as it is.';

ALTER TABLE saltbitter.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.users FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.users
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.users
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON saltbitter.users
FOR SELECT TO saltbitter_app USING (id = kernel.user_uuid());
CREATE POLICY update_own ON saltbitter.users
FOR UPDATE TO saltbitter_app USING (id = kernel.user_uuid()) WITH CHECK (id = kernel.user_uuid());
CREATE POLICY select_worker ON saltbitter.users
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY update_worker ON saltbitter.users
FOR UPDATE TO saltbitter_worker USING (erased_at IS NULL) WITH CHECK (erased_at IS NULL);
CREATE POLICY select_definer ON saltbitter.users
FOR SELECT TO saltbitter_definer USING (true);
CREATE POLICY insert_definer ON saltbitter.users
FOR INSERT TO saltbitter_definer WITH CHECK (erased_at IS NULL);
CREATE POLICY update_definer ON saltbitter.users
FOR UPDATE TO saltbitter_definer USING (erased_at IS NULL) WITH CHECK (erased_at IS NULL);

GRANT
    SELECT (id, email, verified, subscription_tier, created_at, updated_at, last_login_at),
    UPDATE (last_login_at)
ON saltbitter.users TO saltbitter_app;
GRANT
    SELECT (id, email, verified, subscription_tier, created_at, last_login_at, erased_at),
    UPDATE (verified)
ON saltbitter.users TO saltbitter_worker;
GRANT
    SELECT (id, email, password_hash, verified, subscription_tier, erased_at, moved_at),
    INSERT (email, password_hash),
    UPDATE (email, password_hash, verified, subscription_tier, moved_at)
ON saltbitter.users TO saltbitter_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON saltbitter.users
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON saltbitter.users IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('saltbitter.users');

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.users');
