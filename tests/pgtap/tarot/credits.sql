-- The accounts, and each function that moves credits: what it does, refuses, and repeats.
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
    WHERE a.attrelid = 'tarot.credits'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'bigint', true, NULL),
        ('balance', 'integer', true, '0'),
        ('last_updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('version', 'integer', true, '1')
    $$,
    '[T-11.2..T-11.5] [T-F4, T-F11] credits has its columns, all required'
);
SELECT col_is_pk(
    'tarot'::name, 'credits'::name, 'user_id'::name, '[T-11.1] [T-11.7] [T-F4] one account a person, keyed by the person'
);
SELECT fk_ok(
    'tarot'::name, 'credits'::name, 'user_id'::name, 'tarot'::name, 'users'::name, 'id'::name,
    '[T-11.2] an account belongs to a person'
);

SELECT set_config('test.ann', tarot.register_user(1001, 'ann')::text, true);
SELECT set_config('test.bob', tarot.register_user(1002, 'bob')::text, true);
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);

SET LOCAL ROLE tarot_app;
SELECT results_eq(
    $$ SELECT balance, version FROM tarot.credits $$, $$ VALUES (0, 1) $$,
    '[T-14] [T-F13] a new account is seen by its owner alone, with a balance of 0'
);
SELECT throws_ok($$ UPDATE tarot.credits SET balance = 9 $$, '42501', NULL, 'nobody sets the own balance');
SELECT throws_ok(
    $$ SELECT tarot.grant_bonus(current_setting('test.ann')::bigint, 5, 'gift') $$, '42501', NULL,
    'nor gives themselves a bonus'
);
SELECT throws_ok(
    $$ SELECT tarot.move_balance(current_setting('test.ann')::bigint, 5) $$, '42501', NULL, 'nor moves a balance'
);
SELECT throws_ok(
    $$ SELECT tarot.complete_purchase('pay-1') $$, '42501', NULL, 'nor says that a purchase was paid'
);
SELECT throws_ok(
    $$ SELECT tarot.refund_transaction(1, 1, 'r') $$, '42501', NULL, 'nor refunds'
);

-- Purchases.
SELECT results_eq(
    $$ SELECT status::text, amount, credits_before, credits_after FROM tarot.start_purchase(50, 'pay-1', 'buy-1') $$,
    $$ VALUES ('pending', 50, 0, 0) $$,
    'a purchase waits, and moves nothing'
);
SELECT is((SELECT balance FROM tarot.credits), 0, 'credits don''t come before the money');
SELECT results_eq(
    $$ SELECT id FROM tarot.start_purchase(50, 'pay-1', 'buy-1') $$, $$ SELECT id FROM tarot.transactions $$,
    '[T-F14] the same key gets the same purchase'
);
SELECT throws_ok(
    $$ SELECT tarot.start_purchase(60, 'pay-1', 'buy-1') $$, 'TR002', NULL, 'the same key with another amount is refused'
);
SELECT throws_ok(
    $$ SELECT tarot.start_purchase(50, 'pay-9', 'buy-1') $$, 'TR002', NULL, 'or with another reference'
);
SELECT throws_ok(
    $$ SELECT tarot.start_purchase(50, 'pay-1', 'buy-2') $$, 'TR012', NULL, '[T-F10] a payment buys once'
);
SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SELECT throws_ok(
    $$ SELECT tarot.start_purchase(50, 'pay-1', 'buy-1') $$, 'TR012', NULL, '[T-F10] also not for another person'
);
SELECT throws_ok(
    $$ SELECT tarot.start_purchase(50, '', 'buy-1') $$, '23514', NULL, 'a payment has a reference'
);
SELECT throws_ok(
    $$ SELECT tarot.start_purchase(50, NULL, 'buy-1') $$, '23514', NULL, 'which is required'
);
SELECT throws_ok(
    $$ SELECT tarot.start_purchase(50, repeat('x', 256), 'buy-1') $$, '23514', NULL,
    '[T-12.8] of 255 characters at most'
);
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);

SET LOCAL ROLE tarot_worker;
SELECT results_eq(
    $$ SELECT status::text, credits_before, credits_after, account_version FROM tarot.complete_purchase('pay-1') $$,
    $$ VALUES ('completed', 0, 50, 2) $$,
    '[T-16] a paid purchase moves the balance'
);
SELECT results_eq(
    $$ SELECT status::text, credits_before, credits_after, account_version FROM tarot.complete_purchase('pay-1') $$,
    $$ VALUES ('completed', 0, 50, 2) $$,
    '[T-F10] [T-F14] the webhook a second time gets the same answer'
);
SELECT is(
    (SELECT balance FROM tarot.credits WHERE user_id = current_setting('test.ann')::bigint), 50,
    '[T-F10] and credits once'
);
SELECT throws_ok($$ SELECT tarot.complete_purchase('pay-7') $$, 'TR005', NULL, 'an unknown payment is refused');

SELECT throws_ok(
    $$ SELECT tarot.fail_purchase('pay-1', 'late') $$, 'TR004', NULL, '[T-F8] what was completed can''t fail'
);

-- Spending.
SET LOCAL ROLE tarot_app;
SELECT results_eq(
    $$ SELECT type::text, amount, credits_before, credits_after, status::text FROM tarot.spend_credits(20, 'spend-1') $$,
    $$ VALUES ('reading', -20, 50, 30, 'completed') $$,
    '[T-15] [T-16] spending takes credits and writes why'
);
SELECT results_eq(
    $$ SELECT credits_before, credits_after FROM tarot.spend_credits(20, 'spend-1') $$, $$ VALUES (50, 30) $$,
    '[T-F14] the same key gets the first answer'
);
SELECT results_eq(
    $$ SELECT balance, version, last_updated_at FROM tarot.credits $$, $$ SELECT 30, 3, now() $$,
    '[T-15] [T-F11] [T-F21] and moves nothing twice; the version counts the movements'
);
SELECT throws_ok(
    $$ SELECT tarot.spend_credits(21, 'spend-1') $$, 'TR002', NULL, 'the same key with another amount is refused'
);
SELECT throws_ok(
    $$ SELECT tarot.spend_credits(31, 'spend-2') $$, 'TR001', 'not enough credits',
    '[T-11.6] what is not there can''t be spent'
);
RESET ROLE;
CREATE FUNCTION pg_temp.detail_of(p_query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_detail text;
BEGIN
    EXECUTE p_query;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_detail = PG_EXCEPTION_DETAIL;
    RETURN v_detail;
END;
$$;
SET LOCAL ROLE tarot_app;
SELECT is(
    pg_temp.detail_of('SELECT tarot.spend_credits(31, ''spend-2'')'),
    'The balance is smaller than what the movement takes.', 'and the message tells no figures'
);
SELECT throws_ok($$ SELECT tarot.spend_credits(0, 'spend-2') $$, 'TR011', NULL, 'nothing can''t be spent');
SELECT throws_ok($$ SELECT tarot.spend_credits(-5, 'spend-2') $$, 'TR011', NULL, 'nor less than nothing');
SELECT throws_ok($$ SELECT tarot.spend_credits(NULL, 'spend-2') $$, 'TR011', NULL, 'nor an unknown amount');
SELECT throws_ok($$ SELECT tarot.spend_credits(1000001, 'spend-2') $$, 'TR011', NULL, 'nor more than a million');
SELECT throws_ok($$ SELECT tarot.spend_credits(1, NULL) $$, '23502', NULL, 'a movement needs a key');
SELECT throws_ok($$ SELECT tarot.spend_credits(1, '') $$, '23514', NULL, 'that is not empty');
SELECT throws_ok(
    $$ SELECT tarot.spend_credits(1, 'spend-3', 2) $$, 'TR003', NULL,
    '[T-15] an account that moved since it was read refuses'
);
SELECT throws_ok(
    $$ SELECT tarot.spend_credits(1, 'spend-3', 2147483647) $$, 'TR003', NULL,
    '[T-15] also one that was read at the last version there can be'
);
SELECT throws_ok(
    $$ SELECT tarot.spend_credits(1, 'spend-3', -2147483648) $$, 'TR003', NULL,
    '[T-15] or the first'
);
SELECT results_eq(
    $$ SELECT balance, version FROM tarot.credits $$, $$ VALUES (30, 3) $$, '[T-15] and stays as it is'
);
SELECT results_eq(
    $$ SELECT account_version FROM tarot.spend_credits(1, 'spend-3', 3) $$, $$ VALUES (4) $$,
    '[T-15] one that did not is moved to the next version'
);
SELECT results_eq(
    $$ SELECT account_version FROM tarot.spend_credits(1, 'spend-3', 3) $$, $$ VALUES (4) $$,
    '[T-15] [T-F14] a repeat is no conflict, though the version has moved'
);
SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SELECT lives_ok(
    $$ SELECT tarot.start_purchase(5, 'pay-2', 'spend-1') $$, 'another person may use the same key'
);
SELECT is_empty(
    $$ SELECT id FROM tarot.transactions WHERE user_id = current_setting('test.ann')::bigint $$,
    'and sees nothing of the first'
);
SELECT set_config('kernel.user_id', '', true);
SELECT throws_ok($$ SELECT tarot.spend_credits(1, 'nobody') $$, 'KR001', NULL, 'nobody spends nothing');
SELECT is_empty($$ SELECT user_id FROM tarot.credits $$, 'and sees no account');

-- Refunds and bonuses.
SET LOCAL ROLE tarot_worker;
SELECT set_config(
    'test.spent', (SELECT id::text FROM tarot.transactions WHERE idempotency_key = 'spend-1' AND amount = -20), true
);
SELECT results_eq(
    $$
    SELECT type::text, amount, credits_before, credits_after, refunds_id
    FROM tarot.refund_transaction(current_setting('test.ann')::bigint, current_setting('test.spent')::bigint, 'back-1')
    $$,
    $$ SELECT 'refund', 20, 29, 49, current_setting('test.spent')::bigint $$,
    '[T-F8] [T-F9] a refund is a movement that names what it takes back'
);
SELECT is(
    (SELECT status FROM tarot.transactions WHERE id = current_setting('test.spent')::bigint), 'refunded',
    '[T-F9] which then is refunded'
);
SELECT results_eq(
    $$
    SELECT credits_after
    FROM tarot.refund_transaction(current_setting('test.ann')::bigint, current_setting('test.spent')::bigint, 'back-1')
    $$,
    $$ VALUES (49) $$,
    '[T-F14] the same key gets the first answer'
);
SELECT throws_ok(
    $$
    SELECT tarot.refund_transaction(current_setting('test.ann')::bigint, current_setting('test.spent')::bigint, 'back-2')
    $$,
    'TR006', NULL, '[T-F9] nothing is taken back twice'
);
SELECT throws_ok(
    $$
    SELECT tarot.refund_transaction(
        current_setting('test.bob')::bigint, current_setting('test.spent')::bigint, 'back-2'
    )
    $$,
    'TR008', NULL, 'nor from another person''s account'
);
SELECT throws_ok(
    $$
    SELECT tarot.refund_transaction(t.user_id, t.id, 'back-3')
    FROM tarot.transactions AS t
    WHERE t.payment_reference = 'pay-2'
    $$,
    'TR007', NULL, 'what never moved is not refunded'
);
SELECT throws_ok(
    $$
    SELECT tarot.refund_transaction(t.user_id, t.id, 'back-4')
    FROM tarot.transactions AS t
    WHERE t.payment_reference = 'pay-1'
    $$,
    'TR001', NULL, 'a purchase whose credits are spent is not refunded'
);
SELECT results_eq(
    $$ SELECT amount, credits_after FROM tarot.grant_bonus(current_setting('test.ann')::bigint, 1, 'gift') $$,
    $$ VALUES (1, 50) $$,
    'a bonus is a movement'
);
SELECT throws_ok(
    $$ SELECT tarot.grant_bonus(current_setting('test.ann')::bigint, 2, 'gift') $$, 'TR002', NULL,
    'of one amount a key'
);
SELECT throws_ok(
    $$ SELECT tarot.refund_transaction(current_setting('test.ann')::bigint, NULL, 'gift') $$,
    'TR002', NULL, '[T-F14] and no answer to a refund of nothing'
);
SELECT throws_ok(
    $$ SELECT tarot.refund_transaction(current_setting('test.ann')::bigint, NULL, 'none') $$,
    'TR008', NULL, 'which takes nothing back'
);
SELECT lives_ok(
    $$
    SELECT tarot.refund_transaction(t.user_id, t.id, 'back-4')
    FROM tarot.transactions AS t
    WHERE t.payment_reference = 'pay-1'
    $$,
    'a purchase whose credits are there is refunded'
);
SELECT throws_ok($$ SELECT tarot.grant_bonus(-1, 2, 'gift') $$, 'TR009', NULL, 'nobody gets no bonus');

RESET ROLE;
INSERT INTO tarot.users (telegram_id) VALUES (2001);
SELECT throws_ok(
    $$ INSERT INTO tarot.credits (user_id, balance) SELECT id, 5 FROM tarot.users WHERE telegram_id = 2001 $$,
    'TR010', NULL, '[T-16] an account starts empty, even for an administrator'
);
SELECT throws_ok(
    $$ UPDATE tarot.credits SET balance = balance $$, 'TR010', NULL,
    '[T-16] [T-F7] [T-F11] and moves by the ledger alone, even for an administrator'
);

-- What a purchase costs in money.
RESET ROLE;
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SET LOCAL ROLE tarot_app;
SELECT throws_ok(
    format($$ SELECT tarot.start_purchase(50, 'pay-p', 'buy-p', %s) $$, wrong.price), wrong.sqlstate, NULL,
    format('[T-F7] no purchase costs %s', wrong.price)
)
FROM (VALUES
    ('0, ''EUR''', '23514'), ('-1, ''EUR''', '23514'), ('''NaN'', ''EUR''', '23514'), ('4.99, NULL', '23514'), ('NULL, ''EUR''', '23514'),
    ('4.99, ''eur''', '23514'), ('4.99, ''EURO''', '23514'), ('10000000000, ''EUR''', '22003')
) AS wrong (price, sqlstate);
SELECT results_eq(
    $$ SELECT price, currency FROM tarot.start_purchase(50, 'pay-p', 'buy-p', 4.99, 'EUR') $$, $$ VALUES (4.99, 'EUR') $$,
    '[T-12.3] a purchase keeps its price'
);
SELECT lives_ok($$ SELECT tarot.start_purchase(50, 'pay-p', 'buy-p', 4.990, 'EUR') $$, 'a repeat is the same, however it is written');
SELECT throws_ok(
    format($$ SELECT tarot.start_purchase(50, 'pay-p', 'buy-p'%s) $$, other.price), 'TR002', NULL, format('but not with %s', other.price)
)
FROM (VALUES (', 0.99, ''EUR'''), (', 4.99, ''USD'''), ('')) AS other (price);
SET LOCAL ROLE tarot_worker;
SELECT throws_ok(
    format($$ SELECT tarot.complete_purchase('pay-p'%s) $$, other.price), 'TR015', NULL,
    format('[T-F10] no credits come for another price: %s', other.price)
)
FROM (VALUES (', 0.99, ''EUR'''), (', 4.99, ''USD'''), (', 4.99'), ('')) AS other (price);
SELECT is((SELECT t.status::text FROM tarot.transactions AS t WHERE t.payment_reference = 'pay-p'), 'pending', 'it waits on');
SELECT throws_ok(
    $$ UPDATE tarot.transactions SET price = 0.01 $$, '42501', NULL, 'nobody changes a price'
);
SELECT results_eq(
    $$ SELECT status::text, credits_after - credits_before FROM tarot.complete_purchase('pay-p', 4.990, 'EUR') $$, $$ VALUES ('completed', 50) $$,
    '[T-F10] the price that it was begun with brings the credits'
);
SELECT lives_ok($$ SELECT tarot.complete_purchase('pay-p') $$, 'once: what is told again is not compared again');
SELECT tarot.refund_transaction(
    (SELECT t.user_id FROM tarot.transactions AS t WHERE t.payment_reference = 'pay-p'),
    (SELECT t.id FROM tarot.transactions AS t WHERE t.payment_reference = 'pay-p'), 'back-p'
);
RESET ROLE;
SELECT throws_ok(
    $$ UPDATE tarot.transactions SET price = 0.01 WHERE payment_reference = 'pay-p' $$, 'TR010', NULL, '[T-F8] its owner neither'
);
SELECT throws_ok(
    $$ INSERT INTO tarot.transactions (user_id, type, amount, status, idempotency_key, price, currency)
    VALUES (current_setting('test.ann')::bigint, 'bonus', 1, 'completed', 'gift-p', 1, 'EUR') $$,
    '23514', NULL, '[T-F7] what is no purchase has no price'
);

SELECT * FROM finish();
ROLLBACK;
