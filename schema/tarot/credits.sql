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
CREATE POLICY all_serving ON tarot.credits
AS RESTRICTIVE FOR ALL TO strongroom_owner, tarot_app, tarot_worker, tarot_analyst, tarot_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON tarot.credits
FOR SELECT TO tarot_app USING (user_id = kernel.user_bigint());
CREATE POLICY select_worker ON tarot.credits
FOR SELECT TO tarot_worker USING (true);
CREATE POLICY all_definer ON tarot.credits
FOR ALL TO tarot_definer USING (true) WITH CHECK (true);

GRANT SELECT ON tarot.credits TO tarot_app, tarot_worker;
GRANT SELECT, INSERT (user_id), UPDATE (balance, last_updated_at, version)
ON tarot.credits TO tarot_definer;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('tarot.credits');
