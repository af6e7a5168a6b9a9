-- Keep what a purchase is to cost in money, and let the runner do the app's jobs.
-- depends: 0181.tarot.keep-sessions
-- locks: ACCESS EXCLUSIVE on tarot.transactions, for an instant: columns without a value, a CHECK that
-- looks at no row yet

ALTER TABLE tarot.transactions
    ADD COLUMN price numeric(12, 2),
    ADD COLUMN currency text,
    -- What a purchase costs in money, where its start said so; NaN lies in no span.
    ADD CONSTRAINT transactions_price_check CHECK (
        num_nulls(price, currency) = 2
        OR num_nulls(price, currency) = 0
        AND type = 'purchase'
        AND price BETWEEN 0.01 AND 9999999999.99
        AND currency ~ '^[A-Z]{3}$'
    ) NOT VALID;

COMMENT ON COLUMN tarot.transactions.price IS
'What the provider is to take for the purchase; NULL where its start did not say, and for what is no
purchase.
@personal payment
@erase keep the ledger is kept for the tax office';
COMMENT ON COLUMN tarot.transactions.currency IS
'What the price is in: three letters.
@personal payment
@erase keep the ledger is kept for the tax office';
COMMENT ON CONSTRAINT transactions_price_check ON tarot.transactions IS
'@error PriceInvalid A purchase has a price of more than 0 and its currency in three letters, or neither.';

GRANT INSERT (price, currency) ON tarot.transactions TO tarot_definer;

SELECT kernel.masked_view('tarot.transactions');

-- A purchase is begun and completed with its price by the new ones; who leaves it out gets what these did.
-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS tarot.start_purchase(integer, text, text);
-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS tarot.complete_purchase(text);

GRANT USAGE ON SCHEMA tarot TO strongroom_runner;
INSERT INTO kernel.job (name, function_name, schedule)
VALUES
    ('tarot_expire_subscriptions', 'tarot.tend_subscriptions()', '5 minutes'),
    ('tarot_stale_purchases', 'tarot.tend_purchases()', '1 hour')
ON CONFLICT DO NOTHING;
