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
    price numeric(12, 2),
    currency text,
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
    ),
    -- What a purchase costs in money, where its start said so; NaN lies in no span.
    CONSTRAINT transactions_price_check CHECK (
        num_nulls(price, currency) = 2
        OR num_nulls(price, currency) = 0
        AND type = 'purchase'
        AND price BETWEEN 0.01 AND 9999999999.99
        AND currency ~ '^[A-Z]{3}$'
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
@erase keep the ledger is kept for the tax office
@mask keep';
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
COMMENT ON COLUMN tarot.transactions.price IS
'What the provider is to take for the purchase; NULL where its start did not say, and for what is no
purchase.
@personal payment
@erase keep the ledger is kept for the tax office';
COMMENT ON COLUMN tarot.transactions.currency IS
'What the price is in: three letters.
@personal payment
@erase keep the ledger is kept for the tax office';
COMMENT ON CONSTRAINT transactions_movement_check ON tarot.transactions IS
'The rules are in the function, one on a line.
@error InvalidMovement This is no movement of the ledger; tarot.is_valid_movement() has the rules.';
COMMENT ON CONSTRAINT transactions_price_check ON tarot.transactions IS
'@error PriceInvalid A purchase has a price of more than 0 and its currency in three letters, or neither.';
COMMENT ON INDEX tarot.transactions_payment_reference_idx IS
'Across all accounts: a retry of the provider, or a second buyer with the same payment, must not
credit twice.';

ALTER TABLE tarot.transactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE tarot.transactions FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.transactions
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON tarot.transactions
AS RESTRICTIVE FOR ALL TO strongroom_owner, tarot_app, tarot_worker, tarot_analyst, tarot_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
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
    INSERT (
        user_id, type, amount, status, payment_reference, idempotency_key, refunds_id, price, currency
    ),
    UPDATE (status, error_message)
ON tarot.transactions TO tarot_definer;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('tarot.transactions');

INSERT INTO kernel.job (name, function_name, schedule)
VALUES ('tarot_stale_purchases', 'tarot.tend_purchases()', '1 hour')
ON CONFLICT DO NOTHING;
