CREATE TABLE saltbitter.payments (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    amount numeric(12, 2) NOT NULL,
    type text NOT NULL,
    stripe_payment_id text,
    stripe_invoice_id text,
    status text NOT NULL DEFAULT 'pending',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    currency text NOT NULL DEFAULT 'USD',
    refunds_id uuid,
    CONSTRAINT payments_pkey PRIMARY KEY (user_id, id),
    -- Records of money are kept; people are erased by emptying their row.
    CONSTRAINT payments_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES saltbitter.users (id) ON DELETE RESTRICT,
    CONSTRAINT payments_type_fkey FOREIGN KEY (type)
        REFERENCES saltbitter.payment_types (payment_type) ON DELETE RESTRICT,
    CONSTRAINT payments_refunds_id_fkey FOREIGN KEY (user_id, refunds_id)
        REFERENCES saltbitter.payments (user_id, id) ON DELETE RESTRICT,
    CONSTRAINT payments_amount_check CHECK (amount > 0 AND amount <> 'NaN'),
    CONSTRAINT payments_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT payments_status_check
        CHECK (status IN ('succeeded', 'pending', 'failed', 'refunded')),
    CONSTRAINT payments_refund_check CHECK (
        (type = 'refund') = (refunds_id IS NOT NULL) AND (type <> 'refund' OR status = 'succeeded')
    ),
    CONSTRAINT payments_stripe_ids_length_check CHECK (
        length(stripe_payment_id) BETWEEN 1 AND 255
        AND length(stripe_invoice_id) BETWEEN 1 AND 255
    )
);

-- Across all people: a payment at the provider is one row, however often it is told.
CREATE UNIQUE INDEX payments_stripe_payment_id_key ON saltbitter.payments (stripe_payment_id)
WHERE stripe_payment_id IS NOT NULL;

CREATE UNIQUE INDEX payments_stripe_invoice_id_key ON saltbitter.payments (stripe_invoice_id)
WHERE stripe_invoice_id IS NOT NULL;

CREATE INDEX payments_created_at_idx ON saltbitter.payments (created_at);

CREATE INDEX payments_type_idx ON saltbitter.payments (type, created_at);

CREATE INDEX payments_refunds_id_idx ON saltbitter.payments (user_id, refunds_id)
WHERE refunds_id IS NOT NULL;

CREATE INDEX payments_pending_idx ON saltbitter.payments (created_at)
WHERE status = 'pending';

COMMENT ON TABLE saltbitter.payments IS
'The book of payments: nothing leaves it, and of a row only the status moves. A refund is a row of
its own, which names the payment that it pays back. Kept when the person is erased: their row is
empty then, and the payment is nobody''s.
@row Payment
@rows 10M';
COMMENT ON COLUMN saltbitter.payments.user_id IS
'Who paid, or got money back.
@internal';
COMMENT ON COLUMN saltbitter.payments.id IS
'The payment; ids rise with time.
@internal';
COMMENT ON COLUMN saltbitter.payments.amount IS
'How much, in the currency; more than 0.
@personal payment
@erase keep the tax office wants records of payments';
COMMENT ON COLUMN saltbitter.payments.type IS
'What for.
@personal payment
@erase keep the tax office wants records of payments
@mask hide';
COMMENT ON COLUMN saltbitter.payments.stripe_payment_id IS
'What Stripe calls the payment or refund.
@personal payment
@erase keep the tax office wants records of payments
@mask hide';
COMMENT ON COLUMN saltbitter.payments.stripe_invoice_id IS
'What Stripe calls the invoice, where there is one.
@personal payment
@erase keep the tax office wants records of payments
@mask hide';
COMMENT ON COLUMN saltbitter.payments.status IS
'pending: waits for the provider. succeeded: paid. failed: not paid, may yet be. refunded: paid, and
all of it paid back.
@internal';
COMMENT ON COLUMN saltbitter.payments.created_at IS
'When it was begun.
@personal activity
@erase keep the tax office wants records of payments';
COMMENT ON COLUMN saltbitter.payments.currency IS
'Three letters of ISO 4217.
@personal payment
@erase keep the tax office wants records of payments
@mask hide';
COMMENT ON COLUMN saltbitter.payments.refunds_id IS
'The payment that this one pays back; of refunds only.
@internal';
COMMENT ON CONSTRAINT payments_amount_check ON saltbitter.payments IS
'@error AmountInvalid An amount is more than 0.';
COMMENT ON CONSTRAINT payments_currency_check ON saltbitter.payments IS
'@error CurrencyInvalid A currency is three capital letters.';
COMMENT ON CONSTRAINT payments_type_fkey ON saltbitter.payments IS
'@error UnknownPaymentType Nothing of this kind is paid for here.';
COMMENT ON CONSTRAINT payments_refund_check ON saltbitter.payments IS
'@error RefundMisnamed A refund names what it pays back, and nothing else does.';

ALTER TABLE saltbitter.payments ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.payments FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.payments
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.payments
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON saltbitter.payments
FOR SELECT TO saltbitter_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON saltbitter.payments
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY select_definer ON saltbitter.payments
FOR SELECT TO saltbitter_definer USING (true);
CREATE POLICY insert_definer ON saltbitter.payments
FOR INSERT TO saltbitter_definer WITH CHECK (true);
CREATE POLICY update_definer ON saltbitter.payments
FOR UPDATE TO saltbitter_definer USING (true) WITH CHECK (true);

GRANT SELECT ON saltbitter.payments TO saltbitter_app;
GRANT SELECT ON saltbitter.payments TO saltbitter_worker;
GRANT
    SELECT,
    INSERT (
        user_id, amount, type, stripe_payment_id, stripe_invoice_id, status, currency, refunds_id
    ),
    UPDATE (status)
ON saltbitter.payments TO saltbitter_definer;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.payments');
