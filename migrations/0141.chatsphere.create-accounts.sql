-- The chatbot platform: accounts with their plans, keys, subscriptions and usage.
-- depends: 0027.kernel.replay-erasures
-- locks: none that anyone waits for; everything is new

CREATE SCHEMA IF NOT EXISTS chatsphere;

COMMENT ON SCHEMA chatsphere IS
'The chatbot platform: accounts with their plans and keys, the bots that they build, what these
learn from, their conversations, and what is measured of them.
@app';

GRANT USAGE ON SCHEMA chatsphere
TO chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer, strongroom_runner;

-- A function can only be given to a role that may create in its schema. No program's login can
-- become this role; the owner and the migrator can.
GRANT CREATE ON SCHEMA chatsphere TO chatsphere_definer;

-- Keyed by the plan: no row belongs to a person, and everybody sees all of them.
CREATE TABLE chatsphere.plans (
    plan_name text NOT NULL,
    usage_limit integer NOT NULL,
    usage_period text NOT NULL DEFAULT 'month',
    chatbot_limit integer NOT NULL,
    source_limit integer NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT plans_pkey PRIMARY KEY (plan_name),
    CONSTRAINT plans_plan_name_check CHECK (plan_name ~ '^[a-z][a-z0-9_]{0,49}$'),
    CONSTRAINT plans_usage_limit_check CHECK (usage_limit BETWEEN 0 AND 1000000000),
    CONSTRAINT plans_usage_period_check CHECK (usage_period IN ('day', 'month')),
    CONSTRAINT plans_chatbot_limit_check CHECK (chatbot_limit BETWEEN 1 AND 10000),
    CONSTRAINT plans_source_limit_check CHECK (source_limit BETWEEN 1 AND 1000000)
);

COMMENT ON TABLE chatsphere.plans IS
'What an account may do for what it pays. A plan is a row, for the shop changes it without a
release; accounts keep the limit of calls that they have until their subscription changes.
@row Plan
@rows 10';
COMMENT ON COLUMN chatsphere.plans.plan_name IS
'Name of the plan, which is the tier of its accounts.
@public';
COMMENT ON COLUMN chatsphere.plans.usage_limit IS
'Calls in a period.
@public';
COMMENT ON COLUMN chatsphere.plans.usage_period IS
'The period in which calls are counted: a day or a month of UTC.
@public';
COMMENT ON COLUMN chatsphere.plans.chatbot_limit IS
'Bots that an account may have.
@public';
COMMENT ON COLUMN chatsphere.plans.source_limit IS
'Training sources that a bot may have.
@public';
COMMENT ON COLUMN chatsphere.plans.updated_at IS
'When the plan last changed.
@internal';

ALTER TABLE chatsphere.plans ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.plans FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.plans
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.plans
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_any ON chatsphere.plans
FOR SELECT TO chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (true);

GRANT SELECT ON chatsphere.plans
TO chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON chatsphere.plans
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON chatsphere.plans IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('chatsphere.plans');

INSERT INTO chatsphere.plans (plan_name, usage_limit, usage_period, chatbot_limit, source_limit)
VALUES
    ('free', 1000, 'month', 3, 50),
    ('starter', 10000, 'month', 10, 500),
    ('pro', 100000, 'month', 50, 5000),
    ('enterprise', 10000000, 'month', 1000, 100000)
ON CONFLICT DO NOTHING;

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

CREATE TABLE chatsphere.subscriptions (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    plan_name text NOT NULL,
    price_id text NOT NULL,
    status text NOT NULL,
    current_period_start timestamptz,
    current_period_end timestamptz,
    cancel_at_period_end boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    provider_subscription_id text NOT NULL,
    provider_event_at timestamptz NOT NULL,
    CONSTRAINT subscriptions_pkey PRIMARY KEY (user_id, id),
    -- Payments are kept; people are erased by emptying their row, not by deleting it.
    CONSTRAINT subscriptions_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES chatsphere.users (id) ON DELETE RESTRICT,
    CONSTRAINT subscriptions_plan_name_fkey FOREIGN KEY (plan_name)
        REFERENCES chatsphere.plans (plan_name) ON DELETE RESTRICT,
    -- Across all accounts: the provider's webhook knows nothing else.
    CONSTRAINT subscriptions_provider_subscription_id_key UNIQUE (provider_subscription_id),
    CONSTRAINT subscriptions_price_id_length_check CHECK (length(price_id) BETWEEN 1 AND 100),
    CONSTRAINT subscriptions_provider_subscription_id_length_check
        CHECK (length(provider_subscription_id) BETWEEN 1 AND 255),
    CONSTRAINT subscriptions_status_check CHECK (
        status IN ('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'canceled')
    ),
    CONSTRAINT subscriptions_period_check CHECK (
        (current_period_start IS NULL) = (current_period_end IS NULL)
        AND current_period_start < current_period_end
        AND current_period_start AT TIME ZONE 'UTC' >= timestamp '2000-01-01'
        AND current_period_end AT TIME ZONE 'UTC' < timestamp '9999-01-01'
    ),
    -- Who is served says until when.
    CONSTRAINT subscriptions_running_period_check CHECK (
        status NOT IN ('trialing', 'active', 'past_due') OR current_period_end IS NOT NULL
    )
);

-- One running subscription an account.
CREATE UNIQUE INDEX subscriptions_running_key ON chatsphere.subscriptions (user_id)
WHERE status IN ('trialing', 'active', 'past_due');

CREATE INDEX subscriptions_plan_name_idx ON chatsphere.subscriptions (plan_name);

-- For the job that ends what was canceled.
CREATE INDEX subscriptions_ending_idx ON chatsphere.subscriptions (current_period_end)
WHERE cancel_at_period_end AND status IN ('trialing', 'active', 'past_due');

COMMENT ON TABLE chatsphere.subscriptions IS
'What an account pays for, as the payment provider tells it. The running one decides the tier of
the account. A canceled one stays canceled.
@row Subscription
@rows 200k';
COMMENT ON COLUMN chatsphere.subscriptions.user_id IS
'Whose subscription it is.
@internal';
COMMENT ON COLUMN chatsphere.subscriptions.id IS
'Our own key of it.
@internal';
COMMENT ON COLUMN chatsphere.subscriptions.plan_name IS
'The plan that is paid for.
@personal subscription
@erase keep what was paid is kept for the tax office';
COMMENT ON COLUMN chatsphere.subscriptions.price_id IS
'What the provider calls the price.
@personal payment
@erase keep what was paid is kept for the tax office';
COMMENT ON COLUMN chatsphere.subscriptions.status IS
'incomplete: the first payment is awaited. trialing, active, past_due: the account is served.
unpaid: not served until it pays. canceled: over.
@internal';
COMMENT ON COLUMN chatsphere.subscriptions.current_period_start IS
'When the period that is paid for began.
@personal subscription
@erase keep what was paid is kept for the tax office';
COMMENT ON COLUMN chatsphere.subscriptions.current_period_end IS
'When it ends.
@personal subscription
@erase keep what was paid is kept for the tax office';
COMMENT ON COLUMN chatsphere.subscriptions.cancel_at_period_end IS
'Whether it ends then, and does not renew.
@internal';
COMMENT ON COLUMN chatsphere.subscriptions.created_at IS
'When we first heard of it.
@personal activity
@erase keep what was paid is kept for the tax office';
COMMENT ON COLUMN chatsphere.subscriptions.updated_at IS
'When the row last changed.
@internal';
COMMENT ON COLUMN chatsphere.subscriptions.provider_subscription_id IS
'What the provider calls it. Unique across accounts.
@personal payment
@erase keep what was paid is kept for the tax office';
COMMENT ON COLUMN chatsphere.subscriptions.provider_event_at IS
'When what the row says happened at the provider: an older event changes nothing.
@internal';
COMMENT ON CONSTRAINT subscriptions_plan_name_fkey ON chatsphere.subscriptions IS
'@error UnknownPlan There is no plan of this name.';
COMMENT ON CONSTRAINT subscriptions_period_check ON chatsphere.subscriptions IS
'@error SubscriptionPeriodInvalid A period has a start and a later end, from the year 2000 on.';
COMMENT ON CONSTRAINT subscriptions_running_period_check ON chatsphere.subscriptions IS
'@error SubscriptionWithoutPeriod A running subscription has a period.';
COMMENT ON INDEX chatsphere.subscriptions_running_key IS
'@error SecondSubscription An account has one running subscription; the other one must end first.';

ALTER TABLE chatsphere.subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.subscriptions FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.subscriptions
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.subscriptions
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.subscriptions
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON chatsphere.subscriptions
FOR SELECT TO chatsphere_worker USING (true);
CREATE POLICY select_definer ON chatsphere.subscriptions
FOR SELECT TO chatsphere_definer USING (true);
CREATE POLICY insert_definer ON chatsphere.subscriptions
FOR INSERT TO chatsphere_definer WITH CHECK (true);
CREATE POLICY update_definer ON chatsphere.subscriptions
FOR UPDATE TO chatsphere_definer USING (true) WITH CHECK (true);

GRANT SELECT ON chatsphere.subscriptions TO chatsphere_app, chatsphere_worker;
GRANT
    SELECT,
    INSERT (
        user_id, plan_name, price_id, status, current_period_start, current_period_end,
        cancel_at_period_end, provider_subscription_id, provider_event_at
    ),
    UPDATE (
        plan_name, price_id, status, current_period_start, current_period_end,
        cancel_at_period_end, provider_event_at
    )
ON chatsphere.subscriptions TO chatsphere_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON chatsphere.subscriptions
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON chatsphere.subscriptions IS
'updated_at is not for statements to set.';

INSERT INTO kernel.job (name, function_name, schedule)
VALUES ('chatsphere_end_subscriptions', 'chatsphere.end_subscriptions()', '10 minutes')
ON CONFLICT DO NOTHING;

SELECT kernel.enable_audit('chatsphere.subscriptions');

-- For people who count, and may know nobody.
SELECT kernel.masked_view('chatsphere.subscriptions');

CREATE TABLE chatsphere.usage_periods (
    user_id uuid NOT NULL,
    usage_period text NOT NULL,
    period_start timestamptz NOT NULL,
    used integer NOT NULL,
    CONSTRAINT usage_periods_pkey PRIMARY KEY (user_id, usage_period, period_start),
    -- Usage is what a bill is made of, and outlives the person.
    CONSTRAINT usage_periods_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES chatsphere.users (id) ON DELETE RESTRICT,
    CONSTRAINT usage_periods_usage_period_check CHECK (usage_period IN ('day', 'month')),
    CONSTRAINT usage_periods_period_start_check
        CHECK (period_start = date_trunc(usage_period, period_start, 'UTC')),
    CONSTRAINT usage_periods_used_check CHECK (used BETWEEN 0 AND 1000000000)
)
-- Room on each page for the next count of its rows, so that updates touch no index.
WITH (fillfactor = 50);

-- For retention.
CREATE INDEX usage_periods_period_start_idx ON chatsphere.usage_periods (period_start);

COMMENT ON TABLE chatsphere.usage_periods IS
'Calls of each account in each period; chatsphere.take_usage() counts, and refuses what would pass
the limit.
@row UsagePeriod
@rows 1M';
COMMENT ON COLUMN chatsphere.usage_periods.user_id IS
'Whose calls.
@internal';
COMMENT ON COLUMN chatsphere.usage_periods.usage_period IS
'Whether the period is a day or a month.
@internal';
COMMENT ON COLUMN chatsphere.usage_periods.period_start IS
'When it begins, in UTC.
@internal';
COMMENT ON COLUMN chatsphere.usage_periods.used IS
'Calls so far.
@internal';

ALTER TABLE chatsphere.usage_periods ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.usage_periods FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.usage_periods
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.usage_periods
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.usage_periods
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON chatsphere.usage_periods
FOR SELECT TO chatsphere_worker USING (true);
CREATE POLICY select_definer ON chatsphere.usage_periods
FOR SELECT TO chatsphere_definer USING (true);
CREATE POLICY insert_definer ON chatsphere.usage_periods
FOR INSERT TO chatsphere_definer WITH CHECK (true);
CREATE POLICY update_definer ON chatsphere.usage_periods
FOR UPDATE TO chatsphere_definer USING (true) WITH CHECK (true);

GRANT SELECT ON chatsphere.usage_periods TO chatsphere_app, chatsphere_worker;
GRANT SELECT, INSERT, UPDATE (used) ON chatsphere.usage_periods TO chatsphere_definer;

INSERT INTO kernel.retention_policy (name, relation, action, time_expression, keep_for, reason)
VALUES (
    'chatsphere_usage_periods', 'chatsphere.usage_periods', 'delete', 'period_start', '3 years',
    'A bill is disputed within three years.'
)
ON CONFLICT DO NOTHING;

-- The key holds the moment, by which the table is partitioned.
CREATE TABLE chatsphere.api_usage (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    endpoint text NOT NULL,
    tokens_used integer NOT NULL,
    response_time_ms integer NOT NULL,
    status_code integer NOT NULL,
    "timestamp" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT api_usage_pkey PRIMARY KEY (user_id, "timestamp", id),
    -- Usage is what a bill is made of, and outlives the person.
    CONSTRAINT api_usage_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES chatsphere.users (id) ON DELETE RESTRICT,
    -- A route, without what was asked: /v1/chatbots/{id}/messages.
    CONSTRAINT api_usage_endpoint_check CHECK (endpoint ~ '^[A-Za-z0-9/_.{}:-]{1,255}$'),
    CONSTRAINT api_usage_tokens_used_check CHECK (tokens_used >= 0),
    CONSTRAINT api_usage_response_time_ms_check CHECK (response_time_ms >= 0),
    CONSTRAINT api_usage_status_code_check CHECK (status_code BETWEEN 100 AND 599)
) PARTITION BY RANGE ("timestamp");

COMMENT ON TABLE chatsphere.api_usage IS
'Calls of the interface, one row each: what was called, how long it took and how it ended. What is
billed and limited is counted in chatsphere.usage_periods.
@row ApiUsage
@rows 10M';
COMMENT ON COLUMN chatsphere.api_usage.user_id IS
'Who called.
@internal';
COMMENT ON COLUMN chatsphere.api_usage.id IS
'Key of the call, rising with time.
@internal';
COMMENT ON COLUMN chatsphere.api_usage.endpoint IS
'Route that was called, without its values.
@internal';
COMMENT ON COLUMN chatsphere.api_usage.tokens_used IS
'Tokens of the language model, of question and answer.
@internal';
COMMENT ON COLUMN chatsphere.api_usage.response_time_ms IS
'Time until the answer, in milliseconds.
@internal';
COMMENT ON COLUMN chatsphere.api_usage.status_code IS
'Status of HTTP.
@internal';
COMMENT ON COLUMN chatsphere.api_usage."timestamp" IS
'When the call ended.
@internal';
COMMENT ON CONSTRAINT api_usage_endpoint_check ON chatsphere.api_usage IS
'@error EndpointInvalid An endpoint is a route of at most 255 characters, without values.';
COMMENT ON CONSTRAINT api_usage_status_code_check ON chatsphere.api_usage IS
'@error StatusCodeInvalid A status of HTTP is a number from 100 to 599.';

ALTER TABLE chatsphere.api_usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.api_usage FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.api_usage
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.api_usage
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.api_usage
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY insert_own ON chatsphere.api_usage
FOR INSERT TO chatsphere_app WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON chatsphere.api_usage
FOR SELECT TO chatsphere_worker USING (true);

GRANT
    SELECT,
    INSERT (user_id, endpoint, tokens_used, response_time_ms, status_code)
ON chatsphere.api_usage TO chatsphere_app;
GRANT SELECT ON chatsphere.api_usage TO chatsphere_worker;

INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead, keep)
VALUES ('chatsphere.api_usage', 'time', '1 month', 12, '3 years')
ON CONFLICT DO NOTHING;

INSERT INTO kernel.retention_policy (name, relation, action, reason)
VALUES (
    'chatsphere_api_usage', 'chatsphere.api_usage', 'drop',
    'A bill is disputed within three years.'
)
ON CONFLICT DO NOTHING;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('chatsphere.api_usage');

-- Not security_invoker: an analyst may read no base table, and gets what the owner counts here.
CREATE VIEW chatsphere.accounts_by_plan WITH (security_barrier = true) AS
SELECT
    u.subscription_tier AS plan_name,
    count(*) AS accounts
FROM chatsphere.users AS u
WHERE u.is_active
GROUP BY 1
HAVING count(*) >= 5;

COMMENT ON VIEW chatsphere.accounts_by_plan IS
'Open accounts by plan. Plans with fewer than five are left out.
@row AccountsByPlan';
COMMENT ON COLUMN chatsphere.accounts_by_plan.plan_name IS
'The plan.
@public';
COMMENT ON COLUMN chatsphere.accounts_by_plan.accounts IS
'How many accounts, at least five.
@public';

GRANT SELECT ON chatsphere.accounts_by_plan TO chatsphere_analyst;
