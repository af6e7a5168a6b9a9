CREATE TABLE chatsphere.users (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    email text NOT NULL,
    password_hash text NOT NULL,
    full_name text,
    company_name text,
    subscription_tier text NOT NULL DEFAULT 'free',
    usage_limit integer NOT NULL DEFAULT 1000,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    support_access_until timestamptz,
    erased_at timestamptz,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_subscription_tier_fkey FOREIGN KEY (subscription_tier)
        REFERENCES chatsphere.plans (plan_name) ON DELETE RESTRICT,
    -- One spelling of each address, so that the unique key ignores letter case.
    CONSTRAINT users_email_check CHECK (
        email = lower(email)
        AND length(email) BETWEEN 3 AND 255
        AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$'
        AND (email LIKE '%@erased.invalid') = (erased_at IS NOT NULL)
    ),
    CONSTRAINT users_password_hash_check CHECK (
        password_hash ~ '^\$(2[aby]|argon2id|scrypt)\$[!-~]{20,240}$' OR erased_at IS NOT NULL
    ),
    CONSTRAINT users_full_name_length_check CHECK (length(full_name) BETWEEN 1 AND 100),
    CONSTRAINT users_company_name_length_check CHECK (length(company_name) BETWEEN 1 AND 200),
    CONSTRAINT users_usage_limit_check CHECK (usage_limit BETWEEN 0 AND 1000000000),
    -- Python reads years from 1 to 9999, and no row may stop a list of them.
    CONSTRAINT users_support_access_until_range_check CHECK (
        support_access_until AT TIME ZONE 'UTC'
        BETWEEN timestamp '2000-01-01' AND timestamp '9999-01-01'
    ),
    -- Payments and usage outlive the person: what stays of an erased one is the id and the moment.
    CONSTRAINT users_tombstone_check CHECK (
        erased_at IS NULL
        OR email = id || '@erased.invalid'
        AND password_hash = 'erased'
        AND full_name IS NULL
        AND company_name IS NULL
        AND created_at = erased_at
        AND support_access_until IS NULL
        AND NOT is_active
    )
);

CREATE INDEX users_subscription_tier_idx ON chatsphere.users (subscription_tier);

COMMENT ON TABLE chatsphere.users IS
'Account holders. An erased one stays as a tombstone (id and erased_at), because payments are kept.
@row User
@rows 100k';
COMMENT ON COLUMN chatsphere.users.id IS
'Our own key of the account, random.
@internal
@subject';
COMMENT ON COLUMN chatsphere.users.email IS
'Address that the person signs in with, in small letters; of an erased person one that nobody has.
@personal contact
@erase mask id || ''@erased.invalid''';
COMMENT ON COLUMN chatsphere.users.password_hash IS
'Hash of the password, of bcrypt, Argon2id or scrypt, salted; never the password.
@personal credential
@erase mask ''erased''';
COMMENT ON COLUMN chatsphere.users.full_name IS
'What the person is called.
@personal identifier
@erase null';
COMMENT ON COLUMN chatsphere.users.company_name IS
'Whom the person works for.
@personal identifier
@erase null';
COMMENT ON COLUMN chatsphere.users.subscription_tier IS
'The plan of the account: that of its running subscription, else free. Subscriptions write it,
nobody else does.
@personal subscription
@erase keep it says what was paid for';
COMMENT ON COLUMN chatsphere.users.usage_limit IS
'Calls in a period: those of the plan when the subscription last changed.
@internal';
COMMENT ON COLUMN chatsphere.users.is_active IS
'False for accounts that are closed, blocked or erased: their keys open nothing.
@internal
@erase mask false';
COMMENT ON COLUMN chatsphere.users.created_at IS
'When the account was opened; of an erased person, the moment of erasure.
@personal activity
@erase mask erased_at';
COMMENT ON COLUMN chatsphere.users.updated_at IS
'When the row last changed.
@internal';
COMMENT ON COLUMN chatsphere.users.support_access_until IS
'Until when support may read the conversations of the account; NULL or past: not at all.
@internal
@erase null';
COMMENT ON COLUMN chatsphere.users.erased_at IS
'When the person was erased; NULL for everybody else.
@internal';
COMMENT ON CONSTRAINT users_email_key ON chatsphere.users IS
'@error EmailTaken There is an account with this address.';
COMMENT ON CONSTRAINT users_email_check ON chatsphere.users IS
'@error EmailInvalid An address has one @, no spaces, small letters and at most 255 characters.';
COMMENT ON CONSTRAINT users_password_hash_check ON chatsphere.users IS
'@error PasswordHashInvalid A password is kept as a hash of bcrypt, Argon2id or scrypt.';
COMMENT ON CONSTRAINT users_full_name_length_check ON chatsphere.users IS
'@error FullNameLength A name has 1 to 100 characters.';
COMMENT ON CONSTRAINT users_company_name_length_check ON chatsphere.users IS
'@error CompanyNameLength The name of a company has 1 to 200 characters.';
COMMENT ON CONSTRAINT users_support_access_until_range_check ON chatsphere.users IS
'@error SupportAccessOutOfRange Access of support ends between the years 2000 and 9999.';

ALTER TABLE chatsphere.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.users FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.users
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.users
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.users
FOR SELECT TO chatsphere_app USING (id = kernel.user_uuid());
CREATE POLICY update_own ON chatsphere.users
FOR UPDATE TO chatsphere_app USING (id = kernel.user_uuid()) WITH CHECK (id = kernel.user_uuid());
CREATE POLICY select_worker ON chatsphere.users
FOR SELECT TO chatsphere_worker USING (true);
CREATE POLICY update_worker ON chatsphere.users
FOR UPDATE TO chatsphere_worker USING (erased_at IS NULL) WITH CHECK (erased_at IS NULL);
CREATE POLICY select_definer ON chatsphere.users
FOR SELECT TO chatsphere_definer USING (true);
CREATE POLICY insert_definer ON chatsphere.users
FOR INSERT TO chatsphere_definer WITH CHECK (erased_at IS NULL);
CREATE POLICY update_definer ON chatsphere.users
FOR UPDATE TO chatsphere_definer USING (erased_at IS NULL) WITH CHECK (erased_at IS NULL);

-- Nobody reads a hash but the functions that compare it.
GRANT
    SELECT (
        id, email, full_name, company_name, subscription_tier, usage_limit, is_active, created_at,
        updated_at, support_access_until, erased_at
    ),
    UPDATE (full_name, company_name, support_access_until)
ON chatsphere.users TO chatsphere_app;
GRANT
    SELECT (
        id, email, full_name, company_name, subscription_tier, usage_limit, is_active, created_at,
        updated_at, support_access_until, erased_at
    ),
    UPDATE (email, is_active)
ON chatsphere.users TO chatsphere_worker;
GRANT
    SELECT,
    INSERT (email, password_hash, full_name, company_name),
    UPDATE (password_hash, subscription_tier, usage_limit)
ON chatsphere.users TO chatsphere_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON chatsphere.users
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON chatsphere.users IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('chatsphere.users');

-- For people who count, and may know nobody.
SELECT kernel.masked_view('chatsphere.users');
