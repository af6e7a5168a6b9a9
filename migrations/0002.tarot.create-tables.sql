-- The tarot app: people, accounts, the ledger, prices and readings, with who may touch them.
-- depends: 0001.kernel.data-map
-- locks: none that anyone waits for; everything is new

CREATE SCHEMA IF NOT EXISTS tarot;

COMMENT ON SCHEMA tarot IS
'The tarot bot: people, their credits with the ledger behind them, and the readings that they drew.
@app';

GRANT USAGE ON SCHEMA tarot TO tarot_app, tarot_worker, tarot_analyst, tarot_definer;

-- A function can only be given to a role that may create in its schema. No program's login can
-- become this role; the owner and the migrator can.
GRANT CREATE ON SCHEMA tarot TO tarot_definer;

CREATE TYPE tarot.drawn_card AS (
    card text,
    "position" smallint,
    reversed boolean
);

COMMENT ON TYPE tarot.drawn_card IS
'One card of a reading: which of the 78, at which place of the spread (from 1), upright or
reversed.';
COMMENT ON COLUMN tarot.drawn_card.card IS 'A name of tarot.deck().';
COMMENT ON COLUMN tarot.drawn_card."position" IS 'Place in the spread, from 1 without gaps.';
COMMENT ON COLUMN tarot.drawn_card.reversed IS 'Whether the card lies upside down.';

-- Value lists and lengths of the ledger are domains: PostgreSQL keeps the rules of a domain ready,
-- and parses each CHECK of a table anew for each statement.
CREATE DOMAIN tarot.movement_type AS text
CONSTRAINT movement_type_check CHECK (VALUE IN ('purchase', 'reading', 'refund', 'bonus'));

COMMENT ON DOMAIN tarot.movement_type IS
'What a movement of the ledger is for.';

CREATE DOMAIN tarot.movement_status AS text
CONSTRAINT movement_status_check CHECK (VALUE IN ('pending', 'completed', 'failed', 'refunded'));

COMMENT ON DOMAIN tarot.movement_status IS
'pending: waits for the payment provider. completed: moved. failed: never moved. refunded: moved,
then taken back by a row of type refund.';

CREATE DOMAIN tarot.idempotency_key AS text
CONSTRAINT idempotency_key_length_check CHECK (length(VALUE) BETWEEN 1 AND 255);

COMMENT ON DOMAIN tarot.idempotency_key IS
'The caller''s own name for a request: a repeat gets the first answer. Not to be made of personal
data.';
COMMENT ON CONSTRAINT idempotency_key_length_check ON DOMAIN tarot.idempotency_key IS
'@error IdempotencyKeyLength An idempotency key has 1 to 255 characters.';

GRANT USAGE ON TYPE
    tarot.drawn_card,
    tarot.movement_type,
    tarot.movement_status,
    tarot.idempotency_key
TO tarot_app, tarot_worker, tarot_definer;

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
@internal';
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
@erase mask ''basic''';
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

CREATE TABLE tarot.credits (
    user_id bigint NOT NULL,
    balance integer NOT NULL DEFAULT 0,
    last_updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT credits_pkey PRIMARY KEY (user_id),
    CONSTRAINT credits_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES tarot.users (id) ON DELETE RESTRICT,
    CONSTRAINT credits_balance_not_negative_check CHECK (balance >= 0),
    CONSTRAINT credits_balance_limit_check CHECK (balance <= 1000000000),
    CONSTRAINT credits_version_positive_check CHECK (version >= 1)
)
-- Room on each page for the next balance of its rows, so that updates touch no index.
WITH (fillfactor = 50);

COMMENT ON TABLE tarot.credits IS
'How many credits each person has: one account a person, keyed by the person. Only a row of the
ledger (tarot.transactions) moves a balance; see tarot.tg_post_transaction().
@row CreditAccount
@rows 1M';
COMMENT ON COLUMN tarot.credits.user_id IS
'Whose account it is.
@internal';
COMMENT ON COLUMN tarot.credits.balance IS
'Credits left to spend; equals credits_after of the last movement.
@personal payment
@erase keep the ledger is kept for the tax office';
COMMENT ON COLUMN tarot.credits.last_updated_at IS
'When the balance last moved.
@internal';
COMMENT ON COLUMN tarot.credits.version IS
'1 for a new account, one more with each movement; equals account_version of the last one.
@internal';
COMMENT ON CONSTRAINT credits_balance_limit_check ON tarot.credits IS
'@error BalanceLimit An account holds at most 1,000,000,000 credits.';

ALTER TABLE tarot.credits ENABLE ROW LEVEL SECURITY;
ALTER TABLE tarot.credits FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.credits
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_own ON tarot.credits
FOR SELECT TO tarot_app USING (user_id = kernel.user_bigint());
CREATE POLICY select_worker ON tarot.credits
FOR SELECT TO tarot_worker USING (true);
CREATE POLICY all_definer ON tarot.credits
FOR ALL TO tarot_definer USING (true) WITH CHECK (true);

GRANT SELECT ON tarot.credits TO tarot_app, tarot_worker;
GRANT SELECT, INSERT (user_id), UPDATE (balance, last_updated_at, version)
ON tarot.credits TO tarot_definer;

-- Keyed by the spread: no row belongs to a person, and everybody sees all of them.
CREATE TABLE tarot.spread_prices (
    spread_type text NOT NULL,
    price integer NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT spread_prices_pkey PRIMARY KEY (spread_type),
    CONSTRAINT spread_prices_spread_type_check CHECK (
        spread_type IN (
            'single', 'three', 'celtic', 'relationship', 'career', 'week_ahead', 'monthly_guidance',
            'yearly_path', 'life_path'
        )
    ),
    CONSTRAINT spread_prices_price_check CHECK (price BETWEEN 1 AND 1000000)
);

COMMENT ON TABLE tarot.spread_prices IS
'What a reading costs, by spread. A price is a row, for the shop changes it without a release.
@row SpreadPrice
@rows 9';
COMMENT ON COLUMN tarot.spread_prices.spread_type IS
'The spread.
@public';
COMMENT ON COLUMN tarot.spread_prices.price IS
'Credits for one reading.
@public';
COMMENT ON COLUMN tarot.spread_prices.updated_at IS
'When the price last changed.
@public';

ALTER TABLE tarot.spread_prices ENABLE ROW LEVEL SECURITY;
ALTER TABLE tarot.spread_prices FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.spread_prices
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_any ON tarot.spread_prices
FOR SELECT TO tarot_app, tarot_worker, tarot_analyst, tarot_definer USING (true);

GRANT SELECT ON tarot.spread_prices TO tarot_app, tarot_worker, tarot_analyst, tarot_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON tarot.spread_prices
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON tarot.spread_prices IS
'updated_at is not for statements to set.';

-- A credit a card, until the shop says otherwise.
INSERT INTO tarot.spread_prices (spread_type, price)
VALUES
    ('single', 1),
    ('three', 3),
    ('celtic', 10),
    ('relationship', 7),
    ('career', 5),
    ('week_ahead', 7),
    ('monthly_guidance', 5),
    ('yearly_path', 13),
    ('life_path', 9);

CREATE OR REPLACE FUNCTION tarot.is_valid_movement(
    p_type text,
    p_amount integer,
    p_credits_before integer,
    p_credits_after integer,
    p_status text,
    p_payment_reference text,
    p_completed_at timestamptz,
    p_error_message text,
    p_account_version integer,
    p_refunds_id bigint
)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
DECLARE
    v_moved CONSTANT boolean := p_status = 'completed' OR p_status = 'refunded';
BEGIN
    RETURN
        -- The sign belongs to the type; a refund undoes either.
        p_amount <> 0
        AND (p_type = 'refund' OR (p_amount < 0) = (p_type = 'reading'))
        AND p_amount BETWEEN -1000000 AND 1000000
        -- What waits or failed moved nothing, everything else exactly its amount.
        AND p_credits_after - p_credits_before = CASE WHEN v_moved THEN p_amount ELSE 0 END
        AND p_credits_before >= 0
        AND p_credits_after >= 0
        -- What moved has its version of the account and its moment; what did not has neither.
        AND (p_account_version IS NOT NULL) = v_moved
        AND (p_completed_at IS NOT NULL) = v_moved
        -- What failed says why, and nothing else does.
        AND (p_error_message IS NOT NULL) = (p_status = 'failed')
        AND (p_error_message IS NULL OR pg_catalog.length(p_error_message) BETWEEN 1 AND 500)
        -- Only purchases wait for somebody outside, who has a name for them.
        AND (v_moved OR p_type = 'purchase')
        AND (p_payment_reference IS NOT NULL) = (p_type = 'purchase')
        AND (
            p_payment_reference IS NULL
            OR pg_catalog.length(p_payment_reference) BETWEEN 1 AND 255
        )
        -- A refund takes one movement back, and neither refunds nor bonuses are taken back.
        AND (p_refunds_id IS NOT NULL) = (p_type = 'refund')
        AND (p_status <> 'refunded' OR p_type = 'purchase' OR p_type = 'reading');
END;
$$;

COMMENT ON FUNCTION tarot.is_valid_movement(
    text, integer, integer, integer, text, text, timestamptz, text, integer, bigint
) IS
'Whether a row of the ledger agrees with itself: signs, arithmetic, and what belongs to its type and
status.';

GRANT EXECUTE ON FUNCTION tarot.is_valid_movement(
    text, integer, integer, integer, text, text, timestamptz, text, integer, bigint
) TO tarot_definer;

CREATE OR REPLACE FUNCTION tarot.deck()
RETURNS text[]
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN ARRAY[
    'the_fool', 'the_magician', 'the_high_priestess', 'the_empress', 'the_emperor',
    'the_hierophant', 'the_lovers', 'the_chariot', 'strength', 'the_hermit',
    'wheel_of_fortune', 'justice',
    'the_hanged_man', 'death', 'temperance', 'the_devil', 'the_tower', 'the_star',
    'the_moon', 'the_sun', 'judgement', 'the_world',
    'ace_of_wands', 'two_of_wands', 'three_of_wands', 'four_of_wands', 'five_of_wands',
    'six_of_wands', 'seven_of_wands', 'eight_of_wands', 'nine_of_wands', 'ten_of_wands',
    'page_of_wands', 'knight_of_wands', 'queen_of_wands', 'king_of_wands',
    'ace_of_cups', 'two_of_cups', 'three_of_cups', 'four_of_cups', 'five_of_cups',
    'six_of_cups', 'seven_of_cups', 'eight_of_cups', 'nine_of_cups', 'ten_of_cups',
    'page_of_cups', 'knight_of_cups', 'queen_of_cups', 'king_of_cups',
    'ace_of_swords', 'two_of_swords', 'three_of_swords', 'four_of_swords', 'five_of_swords',
    'six_of_swords', 'seven_of_swords', 'eight_of_swords', 'nine_of_swords', 'ten_of_swords',
    'page_of_swords', 'knight_of_swords', 'queen_of_swords', 'king_of_swords',
    'ace_of_pentacles', 'two_of_pentacles', 'three_of_pentacles', 'four_of_pentacles',
    'five_of_pentacles', 'six_of_pentacles', 'seven_of_pentacles', 'eight_of_pentacles',
    'nine_of_pentacles', 'ten_of_pentacles', 'page_of_pentacles', 'knight_of_pentacles',
    'queen_of_pentacles', 'king_of_pentacles'
];

COMMENT ON FUNCTION tarot.deck() IS
'The 78 cards: the major arcana from 0 to 21, then wands, cups, swords and pentacles from ace to
king.';

GRANT EXECUTE ON FUNCTION tarot.deck() TO tarot_app, tarot_worker, tarot_analyst, tarot_definer;

CREATE OR REPLACE FUNCTION tarot.card_count(p_spread_type text)
RETURNS integer
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN CASE p_spread_type
    WHEN 'single' THEN 1
    WHEN 'three' THEN 3
    WHEN 'celtic' THEN 10
    WHEN 'relationship' THEN 7
    WHEN 'career' THEN 5
    WHEN 'week_ahead' THEN 7
    WHEN 'monthly_guidance' THEN 5
    WHEN 'yearly_path' THEN 13
    WHEN 'life_path' THEN 9
END;

COMMENT ON FUNCTION tarot.card_count(text) IS
'How many cards a spread has; NULL for what is no spread.';

GRANT EXECUTE ON FUNCTION tarot.card_count(text)
TO tarot_app, tarot_worker, tarot_analyst, tarot_definer;

CREATE OR REPLACE FUNCTION tarot.is_valid_draw(p_spread_type text, p_cards jsonb)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
DECLARE
    v_count CONSTANT integer := tarot.card_count(p_spread_type);
BEGIN
    IF v_count IS NULL
        OR pg_catalog.jsonb_typeof(p_cards) IS DISTINCT FROM 'array'
        OR pg_catalog.jsonb_array_length(p_cards) <> v_count
    THEN
        RETURN false;
    END IF;
    RETURN (
        SELECT
            pg_catalog.bool_and(
                CASE
                    WHEN pg_catalog.jsonb_typeof(drawn.card) = 'object'
                    THEN (drawn.card ->> 'card' = ANY (tarot.deck())) IS TRUE
                        -- As text, because the numbers 1 and 1.0 are equal.
                        AND (drawn.card -> 'position')::text IS NOT DISTINCT FROM drawn.place::text
                        AND pg_catalog.jsonb_typeof(drawn.card -> 'reversed')
                            IS NOT DISTINCT FROM 'boolean'
                        AND drawn.card - ARRAY['card', 'position', 'reversed'] = '{}'
                    ELSE false
                END
            )
            AND pg_catalog.count(DISTINCT drawn.card ->> 'card') = v_count
        FROM pg_catalog.jsonb_array_elements(p_cards) WITH ORDINALITY AS drawn (card, place)
    );
END;
$$;

COMMENT ON FUNCTION tarot.is_valid_draw(text, jsonb) IS
'Whether cards are a draw for a spread: as many as it has, each of the deck and none twice, in the
order of their positions from 1, each {"card", "position", "reversed"} and nothing else. Never
NULL.';

GRANT EXECUTE ON FUNCTION tarot.is_valid_draw(text, jsonb)
TO tarot_app, tarot_worker, tarot_definer;

CREATE TABLE tarot.transactions (
    user_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    type tarot.movement_type NOT NULL,
    amount integer NOT NULL,
    credits_before integer NOT NULL,
    credits_after integer NOT NULL,
    status tarot.movement_status NOT NULL DEFAULT 'pending',
    payment_reference text,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    completed_at timestamptz,
    error_message text,
    idempotency_key tarot.idempotency_key NOT NULL,
    account_version integer,
    refunds_id bigint,
    CONSTRAINT transactions_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT transactions_idempotency_key_key UNIQUE (user_id, idempotency_key),
    -- One movement for each version of the account: the chain can't fork.
    CONSTRAINT transactions_account_version_key UNIQUE (user_id, account_version),
    -- The ledger is kept; people are erased by emptying their row, not by deleting it.
    CONSTRAINT transactions_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES tarot.credits (user_id) ON DELETE RESTRICT,
    CONSTRAINT transactions_refunds_id_fkey FOREIGN KEY (user_id, refunds_id)
        REFERENCES tarot.transactions (user_id, id) ON DELETE RESTRICT,
    -- PostgreSQL parses each CHECK anew for each INSERT: written out, these rules took a third of a
    -- movement's time. For the same reason value lists are domains.
    CONSTRAINT transactions_movement_check CHECK (
        tarot.is_valid_movement(
            type, amount, credits_before, credits_after, status, payment_reference, completed_at,
            error_message, account_version, refunds_id
        )
    )
);

-- A young table shows one movement a person, and one key for all of them. A planner that believes
-- it looks up a key by reading all that the person ever did, as any index on user_id is as good.
ALTER TABLE tarot.transactions
    ALTER COLUMN user_id SET (n_distinct = -0.05),
    ALTER COLUMN idempotency_key SET (n_distinct = -1);

-- Across all accounts, not by person: one payment at the provider buys credits for one account,
-- once.
CREATE UNIQUE INDEX transactions_payment_reference_idx ON tarot.transactions (payment_reference)
WHERE payment_reference IS NOT NULL;

CREATE UNIQUE INDEX transactions_refunds_id_idx ON tarot.transactions (user_id, refunds_id)
WHERE refunds_id IS NOT NULL;

CREATE INDEX transactions_pending_idx ON tarot.transactions (created_at)
WHERE status = 'pending';

CREATE INDEX transactions_type_created_at_idx ON tarot.transactions (user_id, type, created_at);

-- Rows come in the order of time, so a few bytes for each block do what a tree would, at no cost to
-- a movement.
CREATE INDEX transactions_created_at_idx ON tarot.transactions USING brin (created_at);

COMMENT ON TABLE tarot.transactions IS
'The ledger: why each balance is what it is. Append only; a row may go from pending to completed or
failed, and from completed to refunded, nothing else changes. Inserting a completed row, or
completing a pending one, is what moves the balance. A refund is a row of its own (type refund) that
names the row that it takes back; that row then has status refunded. Newest first is the primary key
backwards.
@row Transaction
@rows 10M';
COMMENT ON COLUMN tarot.transactions.user_id IS
'Whose account moved.
@internal';
COMMENT ON COLUMN tarot.transactions.id IS
'Number of the movement, rising with time.
@internal';
COMMENT ON COLUMN tarot.transactions.type IS
'What the movement is for.
@personal payment
@erase keep the ledger is kept for the tax office';
COMMENT ON COLUMN tarot.transactions.amount IS
'Credits added, or taken where negative; never 0.
@personal payment
@erase keep the ledger is kept for the tax office';
COMMENT ON COLUMN tarot.transactions.credits_before IS
'Balance before the movement; credits_after of the movement before.
@personal payment
@erase keep the ledger is kept for the tax office';
COMMENT ON COLUMN tarot.transactions.credits_after IS
'Balance after the movement; the same as before while nothing moved.
@personal payment
@erase keep the ledger is kept for the tax office';
COMMENT ON COLUMN tarot.transactions.status IS
'pending: waits for the payment provider. completed: moved. failed: never moved. refunded: moved,
then taken back by a row of type refund.
@internal';
COMMENT ON COLUMN tarot.transactions.payment_reference IS
'What the payment provider calls the payment; of purchases only. Unique across accounts.
@personal payment
@erase keep the ledger is kept for the tax office';
COMMENT ON COLUMN tarot.transactions.created_at IS
'When the movement was asked for.
@personal activity
@erase keep the ledger is kept for the tax office';
COMMENT ON COLUMN tarot.transactions.completed_at IS
'When the balance moved; NULL where it did not.
@personal activity
@erase keep the ledger is kept for the tax office';
COMMENT ON COLUMN tarot.transactions.error_message IS
'Why a purchase failed; for operators, without personal data.
@internal';
COMMENT ON COLUMN tarot.transactions.idempotency_key IS
'The caller''s own name for the request: a repeat gets the first answer. Not to be made of personal
data.
@internal';
COMMENT ON COLUMN tarot.transactions.account_version IS
'Version of the account after the movement (from 2); NULL where nothing moved.
@internal';
COMMENT ON COLUMN tarot.transactions.refunds_id IS
'The movement that this one takes back; of refunds only.
@internal';
COMMENT ON CONSTRAINT transactions_movement_check ON tarot.transactions IS
'The rules are in the function, one on a line.
@error InvalidMovement This is no movement of the ledger; tarot.is_valid_movement() has the rules.';
COMMENT ON INDEX tarot.transactions_payment_reference_idx IS
'Across all accounts: a retry of the provider, or a second buyer with the same payment, must not
credit twice.';

ALTER TABLE tarot.transactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE tarot.transactions FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.transactions
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_own ON tarot.transactions
FOR SELECT TO tarot_app USING (user_id = kernel.user_bigint());
CREATE POLICY select_worker ON tarot.transactions
FOR SELECT TO tarot_worker USING (true);
CREATE POLICY select_definer ON tarot.transactions
FOR SELECT TO tarot_definer USING (true);
CREATE POLICY insert_definer ON tarot.transactions
FOR INSERT TO tarot_definer WITH CHECK (true);
CREATE POLICY update_definer ON tarot.transactions
FOR UPDATE TO tarot_definer USING (true) WITH CHECK (true);

GRANT SELECT ON tarot.transactions TO tarot_app, tarot_worker;
GRANT
    SELECT,
    INSERT (user_id, type, amount, status, payment_reference, idempotency_key, refunds_id),
    UPDATE (status, error_message)
ON tarot.transactions TO tarot_definer;

CREATE TABLE tarot.readings (
    user_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    spread_type text NOT NULL,
    question text,
    cards jsonb NOT NULL,
    interpretation text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    transaction_id bigint,
    CONSTRAINT readings_pkey PRIMARY KEY (user_id, id),
    -- Readings go with the person; the ledger does not.
    CONSTRAINT readings_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES tarot.users (id) ON DELETE CASCADE,
    CONSTRAINT readings_transaction_id_fkey FOREIGN KEY (user_id, transaction_id)
        REFERENCES tarot.transactions (user_id, id) ON DELETE SET NULL (transaction_id),
    CONSTRAINT readings_spread_type_check CHECK (
        spread_type IN (
            'single', 'three', 'celtic', 'relationship', 'career', 'week_ahead', 'monthly_guidance',
            'yearly_path', 'life_path'
        )
    ),
    CONSTRAINT readings_question_length_check CHECK (length(question) BETWEEN 1 AND 2000),
    CONSTRAINT readings_cards_check CHECK (tarot.is_valid_draw(spread_type, cards)),
    CONSTRAINT readings_interpretation_length_check
        CHECK (length(interpretation) BETWEEN 1 AND 20000)
);

-- A payment pays for one reading.
CREATE UNIQUE INDEX readings_transaction_id_idx ON tarot.readings (user_id, transaction_id)
WHERE transaction_id IS NOT NULL;

CREATE INDEX readings_spread_type_created_at_idx ON tarot.readings (spread_type, created_at);

CREATE INDEX readings_created_at_idx ON tarot.readings USING brin (created_at);

COMMENT ON TABLE tarot.readings IS
'What was drawn for whom, and what it was said to mean. Newest first is the primary key backwards.
@row Reading
@rows 10M';
COMMENT ON COLUMN tarot.readings.user_id IS
'Who asked.
@internal';
COMMENT ON COLUMN tarot.readings.id IS
'Number of the reading, rising with time.
@internal';
COMMENT ON COLUMN tarot.readings.spread_type IS
'How the cards were laid.
@personal belief
@erase delete';
COMMENT ON COLUMN tarot.readings.question IS
'What the person asked, in their own words; NULL for a reading without a question.
@personal content
@erase delete';
COMMENT ON COLUMN tarot.readings.cards IS
'The cards in the order of their places.
@personal belief
@erase delete
@json tarot.drawn_card[]';
COMMENT ON COLUMN tarot.readings.interpretation IS
'What the bot answered.
@personal content
@erase delete';
COMMENT ON COLUMN tarot.readings.created_at IS
'When the cards were drawn.
@personal activity
@erase delete';
COMMENT ON COLUMN tarot.readings.transaction_id IS
'The movement of credits that paid for it.
@internal';
COMMENT ON CONSTRAINT readings_question_length_check ON tarot.readings IS
'@error QuestionLength A question has 1 to 2,000 characters.';
COMMENT ON CONSTRAINT readings_interpretation_length_check ON tarot.readings IS
'@error InterpretationLength An interpretation has 1 to 20,000 characters.';
COMMENT ON CONSTRAINT readings_cards_check ON tarot.readings IS
'@error InvalidDraw These cards are not a draw for this spread.';

ALTER TABLE tarot.readings ENABLE ROW LEVEL SECURITY;
ALTER TABLE tarot.readings FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.readings
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_own ON tarot.readings
FOR SELECT TO tarot_app USING (user_id = kernel.user_bigint());
CREATE POLICY delete_own ON tarot.readings
FOR DELETE TO tarot_app USING (user_id = kernel.user_bigint());
CREATE POLICY select_worker ON tarot.readings
FOR SELECT TO tarot_worker USING (true);
CREATE POLICY select_definer ON tarot.readings
FOR SELECT TO tarot_definer USING (true);
CREATE POLICY insert_definer ON tarot.readings
FOR INSERT TO tarot_definer WITH CHECK (true);

GRANT SELECT, DELETE ON tarot.readings TO tarot_app;
-- Jobs need to know that there is a reading, not what it says.
GRANT SELECT (user_id, id, spread_type, created_at, transaction_id)
ON tarot.readings TO tarot_worker;
GRANT
    SELECT,
    INSERT (user_id, spread_type, question, cards, interpretation, transaction_id)
ON tarot.readings TO tarot_definer;

CREATE VIEW tarot.ledger_breaks WITH (security_invoker = true) AS
WITH movements AS (
    SELECT
        t.user_id,
        t.id,
        t.amount,
        t.credits_before,
        t.credits_after,
        t.account_version,
        lag(t.credits_after, 1, 0) OVER w AS expected_before,
        lag(t.account_version, 1, 1) OVER w + 1 AS expected_version
    FROM tarot.transactions AS t
    WHERE t.account_version IS NOT NULL
    WINDOW w AS (PARTITION BY t.user_id ORDER BY t.account_version)
),
accounts AS (
    SELECT
        m.user_id,
        sum(m.amount) AS moved,
        count(*) AS movements
    FROM movements AS m
    GROUP BY m.user_id
)
SELECT
    m.user_id,
    m.id AS transaction_id,
    'arithmetic' AS rule,
    format(
        '%s %s gives %s',
        m.credits_before, to_char(m.amount, 'SFM9999999'), m.credits_after
    ) AS detail
FROM movements AS m
WHERE m.credits_after <> m.credits_before + m.amount
UNION ALL
SELECT
    m.user_id,
    m.id,
    'chain',
    format('starts from %s, the movement before left %s', m.credits_before, m.expected_before)
FROM movements AS m
WHERE m.credits_before <> m.expected_before
UNION ALL
SELECT
    m.user_id,
    m.id,
    'version',
    format('has version %s, expected %s', m.account_version, m.expected_version)
FROM movements AS m
WHERE m.account_version <> m.expected_version
UNION ALL
SELECT
    c.user_id,
    NULL,
    'balance',
    format('balance is %s, the movements add up to %s', c.balance, coalesce(a.moved, 0))
FROM tarot.credits AS c
LEFT JOIN accounts AS a ON a.user_id = c.user_id
WHERE c.balance <> coalesce(a.moved, 0)
UNION ALL
SELECT
    c.user_id,
    NULL,
    'account version',
    format('version is %s after %s movements', c.version, coalesce(a.movements, 0))
FROM tarot.credits AS c
LEFT JOIN accounts AS a ON a.user_id = c.user_id
WHERE c.version <> coalesce(a.movements, 0) + 1
UNION ALL
SELECT
    t.user_id,
    t.id,
    'status',
    format(
        'status %s, %s',
        t.status, CASE WHEN t.account_version IS NULL THEN 'not moved' ELSE 'moved' END
    )
FROM tarot.transactions AS t
WHERE (t.status IN ('completed', 'refunded')) <> (t.account_version IS NOT NULL)
UNION ALL
SELECT
    r.user_id,
    r.id,
    'refund',
    format('takes back %s of a movement of %s with status %s', -r.amount, o.amount, o.status)
FROM tarot.transactions AS r
LEFT JOIN tarot.transactions AS o ON o.user_id = r.user_id AND o.id = r.refunds_id
WHERE r.refunds_id IS NOT NULL
  AND (o.status, o.amount) IS DISTINCT FROM ('refunded', -r.amount)
UNION ALL
SELECT
    o.user_id,
    o.id,
    'refunded',
    'has status refunded, and no movement takes it back'
FROM tarot.transactions AS o
WHERE o.status = 'refunded'
  AND NOT EXISTS (
      SELECT
      FROM tarot.transactions AS r
      WHERE r.user_id = o.user_id AND r.refunds_id = o.id
  )
UNION ALL
SELECT
    u.id,
    NULL,
    'account',
    'has no account'
FROM tarot.users AS u
WHERE NOT EXISTS (
    SELECT
    FROM tarot.credits AS c
    WHERE c.user_id = u.id
);

COMMENT ON VIEW tarot.ledger_breaks IS
'Every way in which balances and ledger disagree, one row each; must be empty. It trusts no
constraint or trigger: it recounts. One pass over the ledger, or over one account where user_id is
given.
@row LedgerBreak';
COMMENT ON COLUMN tarot.ledger_breaks.user_id IS
'Whose account is wrong.
@internal';
COMMENT ON COLUMN tarot.ledger_breaks.transaction_id IS
'The movement that is wrong; NULL where it is the account.
@internal';
COMMENT ON COLUMN tarot.ledger_breaks.rule IS
'What is broken: arithmetic, chain, version, balance, account version, status, refund, refunded or
account.
@internal';
COMMENT ON COLUMN tarot.ledger_breaks.detail IS
'The figures.
@personal payment
@erase keep a view';

GRANT SELECT ON tarot.ledger_breaks TO tarot_worker;

-- Not security_invoker: an analyst may read no base table, and gets what the owner counts here.
CREATE VIEW tarot.daily_readings WITH (security_barrier = true) AS
SELECT
    (r.created_at AT TIME ZONE 'UTC')::date AS day,
    r.spread_type,
    count(*) AS readings,
    count(DISTINCT r.user_id) AS people
FROM tarot.readings AS r
WHERE r.created_at < date_trunc('day', now(), 'UTC')
GROUP BY 1, 2
HAVING count(DISTINCT r.user_id) >= 5;

COMMENT ON VIEW tarot.daily_readings IS
'Readings by day (UTC) and spread, of days that are over: the running day, asked for twice, would
show the reading between. Groups of fewer than five people are left out.
@row DailyReadings';
COMMENT ON COLUMN tarot.daily_readings.day IS
'Day in UTC.
@public';
COMMENT ON COLUMN tarot.daily_readings.spread_type IS
'How the cards were laid.
@public';
COMMENT ON COLUMN tarot.daily_readings.readings IS
'How many readings.
@public';
COMMENT ON COLUMN tarot.daily_readings.people IS
'Of how many people, at least five.
@public';

GRANT SELECT ON tarot.daily_readings TO tarot_analyst;

-- Not security_invoker: an analyst may read no base table, and gets what the owner counts here.
CREATE VIEW tarot.daily_movements WITH (security_barrier = true) AS
SELECT
    (t.completed_at AT TIME ZONE 'UTC')::date AS day,
    t.type,
    count(*) AS movements,
    sum(t.amount) AS credits,
    count(DISTINCT t.user_id) AS people
FROM tarot.transactions AS t
WHERE t.completed_at < date_trunc('day', now(), 'UTC')
GROUP BY 1, 2
HAVING count(DISTINCT t.user_id) >= 5;

COMMENT ON VIEW tarot.daily_movements IS
'Movements of credits by day (UTC) and type, of days that are over: the running day, asked for
twice, would show the movement between. Groups of fewer than five people are left out.
@row DailyMovements';
COMMENT ON COLUMN tarot.daily_movements.day IS
'Day in UTC on which the balance moved.
@public';
COMMENT ON COLUMN tarot.daily_movements.type IS
'What the movements were for.
@public';
COMMENT ON COLUMN tarot.daily_movements.movements IS
'How many movements.
@public';
COMMENT ON COLUMN tarot.daily_movements.credits IS
'Credits added, less credits taken.
@public';
COMMENT ON COLUMN tarot.daily_movements.people IS
'Of how many people, at least five.
@public';

GRANT SELECT ON tarot.daily_movements TO tarot_analyst;
