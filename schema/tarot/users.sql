CREATE TABLE tarot.users (
    id bigint GENERATED ALWAYS AS IDENTITY,
    telegram_id bigint NOT NULL,
    username text,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_active_at timestamptz,
    is_active boolean NOT NULL DEFAULT true,
    subscription_tier text NOT NULL DEFAULT 'basic',
    subscription_expires_at timestamptz,
    erased_at timestamptz,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_telegram_id_key UNIQUE (telegram_id),
    CONSTRAINT users_username_length_check CHECK (length(username) BETWEEN 1 AND 255),
    CONSTRAINT users_subscription_tier_check
        CHECK (subscription_tier IN ('basic', 'premium', 'professional')),
    -- Paid tiers end, the free one doesn't.
    CONSTRAINT users_subscription_expiry_check
        CHECK ((subscription_tier = 'basic') = (subscription_expires_at IS NULL)),
    -- Python reads years from 1 to 9999, and no row may stop a list of them.
    CONSTRAINT users_last_active_at_range_check CHECK (
        last_active_at AT TIME ZONE 'UTC' BETWEEN timestamp '2000-01-01' AND timestamp '9999-01-01'
    ),
    CONSTRAINT users_subscription_expires_at_range_check CHECK (
        subscription_expires_at AT TIME ZONE 'UTC'
        BETWEEN timestamp '2000-01-01' AND timestamp '9999-01-01'
    ),
    CONSTRAINT users_telegram_id_positive_check CHECK (telegram_id > 0 OR erased_at IS NOT NULL),
    -- The ledger outlives the person: what stays of an erased one is the id and the moment.
    CONSTRAINT users_tombstone_check CHECK (
        erased_at IS NULL
        OR telegram_id = -id
        AND username IS NULL
        AND created_at = erased_at
        AND last_active_at IS NULL
        AND NOT is_active
        AND subscription_tier = 'basic'
    )
);

CREATE INDEX users_subscription_expires_at_idx ON tarot.users (subscription_expires_at)
WHERE subscription_tier <> 'basic' AND is_active;

CREATE INDEX users_last_active_at_idx ON tarot.users (last_active_at)
WHERE is_active;

COMMENT ON TABLE tarot.users IS
'People who use the bot. An erased person stays as a tombstone (id and erased_at), because the
ledger is kept.
@row User
@rows 1M';
COMMENT ON COLUMN tarot.users.id IS
'Our own number of the person.
@internal
@subject';
COMMENT ON COLUMN tarot.users.telegram_id IS
'The person''s number at Telegram; of an erased person, minus the id.
@personal identifier
@erase mask -id';
COMMENT ON COLUMN tarot.users.username IS
'Name at Telegram, without the @; many people have none.
@personal identifier
@erase null';
COMMENT ON COLUMN tarot.users.created_at IS
'When the person joined; of an erased person, the moment of erasure.
@personal activity
@erase mask erased_at';
COMMENT ON COLUMN tarot.users.updated_at IS
'When the row last changed.
@internal';
COMMENT ON COLUMN tarot.users.last_active_at IS
'When the person last wrote to the bot, to the minute.
@personal activity
@erase null';
COMMENT ON COLUMN tarot.users.is_active IS
'False for people who blocked the bot or were erased.
@internal
@erase mask false';
COMMENT ON COLUMN tarot.users.subscription_tier IS
'What the person pays for by the month.
@personal subscription
@erase mask ''basic''
@mask keep';
COMMENT ON COLUMN tarot.users.subscription_expires_at IS
'When the paid tier falls back to basic; set exactly for paid tiers.
@personal subscription
@erase null';
COMMENT ON COLUMN tarot.users.erased_at IS
'When the person was erased; NULL for everybody else.
@internal';
COMMENT ON CONSTRAINT users_username_length_check ON tarot.users IS
'@error UsernameLength A username has 1 to 255 characters.';
COMMENT ON CONSTRAINT users_subscription_expiry_check ON tarot.users IS
'@error SubscriptionExpiry A paid tier has an end, and the basic tier has none.';
COMMENT ON CONSTRAINT users_subscription_expires_at_range_check ON tarot.users IS
'@error SubscriptionEndOutOfRange A paid tier ends between the years 2000 and 9999.';
COMMENT ON CONSTRAINT users_telegram_id_positive_check ON tarot.users IS
'@error TelegramIdInvalid A telegram id is a positive number.';

ALTER TABLE tarot.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE tarot.users FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.users
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON tarot.users
AS RESTRICTIVE FOR ALL TO strongroom_owner, tarot_app, tarot_worker, tarot_analyst, tarot_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON tarot.users
FOR SELECT TO tarot_app USING (id = kernel.user_bigint());
CREATE POLICY update_own ON tarot.users
FOR UPDATE TO tarot_app USING (id = kernel.user_bigint()) WITH CHECK (id = kernel.user_bigint());
CREATE POLICY select_worker ON tarot.users
FOR SELECT TO tarot_worker USING (true);
CREATE POLICY update_worker ON tarot.users
FOR UPDATE TO tarot_worker USING (erased_at IS NULL) WITH CHECK (erased_at IS NULL);
CREATE POLICY select_definer ON tarot.users
FOR SELECT TO tarot_definer USING (true);
CREATE POLICY insert_definer ON tarot.users
FOR INSERT TO tarot_definer WITH CHECK (erased_at IS NULL);
CREATE POLICY update_definer ON tarot.users
FOR UPDATE TO tarot_definer USING (erased_at IS NULL) WITH CHECK (erased_at IS NULL);

GRANT SELECT, UPDATE (username, last_active_at) ON tarot.users TO tarot_app;
GRANT SELECT, UPDATE (is_active, subscription_tier, subscription_expires_at)
ON tarot.users TO tarot_worker;
GRANT
    SELECT (id, telegram_id, is_active, subscription_tier, subscription_expires_at, erased_at),
    INSERT (telegram_id, username),
    UPDATE (subscription_tier, subscription_expires_at)
ON tarot.users TO tarot_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON tarot.users
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON tarot.users IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('tarot.users');

-- For people who count, and may know nobody.
SELECT kernel.masked_view('tarot.users');

INSERT INTO kernel.job (name, function_name, schedule)
VALUES ('tarot_expire_subscriptions', 'tarot.tend_subscriptions()', '5 minutes')
ON CONFLICT DO NOTHING;
