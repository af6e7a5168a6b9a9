-- The book of payments: nothing leaves it, and what the provider tells twice happens once.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

SELECT results_eq(
    $$
    SELECT
        a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid) COLLATE "default"
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'saltbitter.payments'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'kernel.uuid_v7()'),
        ('amount', 'numeric(12,2)', true, NULL),
        ('type', 'text', true, NULL),
        ('stripe_payment_id', 'text', false, NULL),
        ('stripe_invoice_id', 'text', false, NULL),
        ('status', 'text', true, '''pending''::text'),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('currency', 'text', true, '''USD''::text'),
        ('refunds_id', 'uuid', false, NULL)
    $$,
    '[S-19] [S-19.1..S-19.8] [S-F20] payments has its columns, money in numeric with a currency'
);
SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'saltbitter' AND tablename = 'payments' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE INDEX payments_created_at_idx ON saltbitter.payments USING btree (created_at)'),
        ('CREATE INDEX payments_pending_idx ON saltbitter.payments USING btree (created_at) WHERE (status = '
            '''pending''::text)'),
        ('CREATE UNIQUE INDEX payments_pkey ON saltbitter.payments USING btree (user_id, id)'),
        ('CREATE INDEX payments_refunds_id_idx ON saltbitter.payments USING btree (user_id, refunds_id) WHERE '
            '(refunds_id IS NOT NULL)'),
        ('CREATE UNIQUE INDEX payments_stripe_invoice_id_key ON saltbitter.payments USING btree '
            '(stripe_invoice_id) WHERE (stripe_invoice_id IS NOT NULL)'),
        ('CREATE UNIQUE INDEX payments_stripe_payment_id_key ON saltbitter.payments USING btree '
            '(stripe_payment_id) WHERE (stripe_payment_id IS NOT NULL)'),
        ('CREATE INDEX payments_type_idx ON saltbitter.payments USING btree (type, created_at)')
    $$,
    '[S-19.9, S-19.10] [S-F19] payments is found by person and by age, and once by each Stripe id'
);

\ir _people.sql
SELECT pg_temp.person(n) FROM generate_series(1, 2) AS n;
SELECT set_config('kernel.app', 'saltbitter', true), set_config('kernel.user_id', pg_temp.id(1)::text, true);
SET LOCAL ROLE saltbitter_app;
SELECT is((saltbitter.start_payment('subscription', 19.99, 'pi_1', 'in_1')).status, 'pending', '[S-19.7] a payment waits');
SELECT is(
    (saltbitter.start_payment('subscription', 19.99, 'pi_1', 'in_1')).id,
    (SELECT id FROM saltbitter.payments), '[S-F19] saying it twice is saying it once'
);
SELECT throws_ok(
    format($$ SELECT saltbitter.start_payment(%s) $$, wrong.arguments), wrong.code, NULL,
    wrong.number || ' is no payment'
)
FROM (
    VALUES
        ('''subscription'', 19.98, ''pi_1'', ''in_1''', 'SB031', '[S-F19] another amount under a Stripe id'),
        ('''subscription'', 5, ''pi_2'', ''in_1''', 'SB031', '[S-19.6] [S-F19] another payment of an invoice'),
        ('''subscription'', 0, ''pi_3''', '23514', '[S-19.3] [S-F20] nothing'),
        ('''subscription'', -1, ''pi_3''', '23514', '[S-F20] less than nothing'),
        ('''subscription'', 1e10, ''pi_3''', '22003', '[S-F20] more than there is'),
        ('''subscription'', ''NaN'', ''pi_3''', '23514', '[S-F20] no number'),
        ('''subscription'', 0.004, ''pi_3''', '23514', '[S-F20] less than there is'),
        ('''bribe'', 1, ''pi_3''', '23503', '[S-19.4] [S-F12] what is not sold'),
        ('''refund'', 1, ''pi_3''', '23514', '[S-F20] money back'),
        ('''subscription'', 1, ''pi_3'', NULL, ''usd''', '23514', '[S-F20] another currency')
) AS wrong (arguments, code, number);
SELECT is(
    (saltbitter.start_payment('subscription', 19.994, 'pi_1', 'in_1')).amount, 19.99,
    '[S-F20] who repeats a call with a part of a cent is told the same'
);
SELECT throws_ok(
    $$ UPDATE saltbitter.payments SET status = 'succeeded' $$, '42501', NULL, '[S-F6] nobody says that they have paid'
);
SELECT set_config('kernel.user_id', pg_temp.id(2)::text, true);
SELECT throws_ok(
    $$ SELECT saltbitter.start_payment('subscription', 19.99, 'pi_1', 'in_1') $$, 'SB031', NULL,
    '[S-F19] one payment at the provider is one person''s'
);
SELECT is_empty('SELECT * FROM saltbitter.payments', '[S-F29] nobody sees another''s payments');

SET LOCAL ROLE saltbitter_worker;
SELECT throws_ok(
    format($$ SELECT saltbitter.settle_payment('e0', 'pi_1', 'succeeded', %s) $$, wrong.paid), 'SB034', NULL,
    '[S-F20] a payment does not succeed with ' || wrong.paid
)
FROM (
    VALUES
        ('0.01, ''USD'''), ('20.00, ''USD'''), ('19.99, ''EUR'''), ('19.99, ''usd'''), ('NULL, ''USD'''), ('19.99, NULL'),
        ('NULL, NULL'), ('''NaN'', ''USD''')
) AS wrong (paid);
SELECT is_empty(
    $$ SELECT FROM saltbitter.webhook_events AS w WHERE w.event_id = 'e0' $$, 'and what was refused may be told again'
);
SELECT is((saltbitter.settle_payment('e1', 'pi_1', 'succeeded', 19.99, 'USD')).status, 'succeeded', '[S-19.7] the provider tells the outcome');
SELECT is((saltbitter.settle_payment('e1', 'pi_1', 'succeeded', 19.99, 'USD')).status, 'succeeded', '[S-F19] twice is once');
SELECT is((saltbitter.settle_payment('e2', 'pi_1', 'failed', NULL, NULL)).status, 'succeeded', '[S-F19] an older failure comes too late');
SELECT throws_ok(
    $$ SELECT saltbitter.settle_payment('e3', 'pi_9', 'succeeded', 19.99, 'USD') $$, 'SB032', NULL, 'a payment of nobody'
);
SELECT throws_ok(
    $$ SELECT saltbitter.settle_payment('e3', 'pi_1', 'refunded', 19.99, 'USD') $$, 'SB030', NULL,
    '[S-F20] nothing is paid back without a row that says so'
);
SELECT throws_ok(
    format($$ SELECT saltbitter.refund_payment('e4', 'pi_1', 're_9', %s) $$, wrong.amount), wrong.code, NULL,
    '[S-F20] not paid back: ' || wrong.amount
)
FROM (VALUES ('20.00', 'SB033'), ('0', '23514'), ('NULL', 'SB033'), ('''NaN''', 'SB033')) AS wrong (amount, code);
SELECT throws_ok(
    $$ SELECT saltbitter.refund_payment('e4', 'pi_1', NULL, 1) $$, 'SB033', NULL,
    '[S-F19] nor without an id: it would be paid back whenever it is told'
);
SELECT is((saltbitter.refund_payment('e5', 'pi_1', 're_1', 9.99)).type, 'refund', '[S-F20] a refund is a row of its own');
SELECT is((saltbitter.refund_payment('e5', 'pi_1', 're_1', 9.99)).amount, 9.99, '[S-F19] once, however often it is told');
SELECT is((saltbitter.refund_payment('e6', 'pi_1', 're_1', 9.99)).amount, 9.99, '[S-F19] under another number, too');
SELECT throws_ok(
    $$ SELECT saltbitter.refund_payment('e7', 'pi_1', 're_2', 10.01) $$, 'SB033', NULL, '[S-F20] not more than is left'
);
SELECT is((saltbitter.refund_payment('e8', 'pi_1', 're_2', 9.996)).amount, 10.00, '[S-F20] but the rest, to the cent');
SELECT throws_ok(
    $$ SELECT saltbitter.refund_payment('e9', 're_1', 're_3', 1) $$, 'SB033', NULL, '[S-F20] what went back does not come again'
);
RESET ROLE;
SELECT results_eq(
    'SELECT p.stripe_payment_id, p.status, p.amount FROM saltbitter.payments AS p ORDER BY p.id',
    $$ VALUES ('pi_1', 'refunded', 19.99), ('re_1', 'succeeded', 9.99), ('re_2', 'succeeded', 10.00) $$,
    '[S-19.7] [S-F20] what is paid back whole is refunded'
);
SELECT throws_ok(
    format('UPDATE saltbitter.payments SET %s', wrong.change), 'SB030', NULL, '[S-F5] nobody changes ' || wrong.change
)
FROM (
    VALUES ('amount = 1'), ('status = ''pending'''), ('status = ''failed'''), ('user_id = pg_temp.id(2)'), ('created_at = created_at - interval ''1 day''')
) AS wrong (change);
SELECT throws_ok('DELETE FROM saltbitter.payments', 'SB030', NULL, '[S-F5] [X-3] no payment leaves the book');
SELECT throws_ok('TRUNCATE saltbitter.payments CASCADE', 'SB030', NULL, '[S-F5] not even all of them');
SELECT throws_matching(
    'DELETE FROM saltbitter.users WHERE id = pg_temp.id(1)', 'payments_user_id_fkey', '[S-F5] nor with its person'
);

SELECT * FROM finish();
ROLLBACK;
