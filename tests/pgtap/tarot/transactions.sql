-- The ledger: what a row may say, which steps it takes, and what nobody may do to it.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(63);

SELECT results_eq(
    $$
    SELECT
        a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid) COLLATE "default"
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'tarot.transactions'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'bigint', true, NULL),
        ('id', 'bigint', true, NULL),
        ('type', 'tarot.movement_type', true, NULL),
        ('amount', 'integer', true, NULL),
        ('credits_before', 'integer', true, NULL),
        ('credits_after', 'integer', true, NULL),
        ('status', 'tarot.movement_status', true, '''pending''::text'),
        ('payment_reference', 'text', false, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('completed_at', 'timestamp with time zone', false, NULL),
        ('error_message', 'text', false, NULL),
        ('idempotency_key', 'tarot.idempotency_key', true, NULL),
        ('account_version', 'integer', false, NULL),
        ('refunds_id', 'bigint', false, NULL),
        ('price', 'numeric(12,2)', false, NULL),
        ('currency', 'text', false, NULL)
    $$,
    '[T-12.1..T-12.11] [T-F4] [T-F18] transactions has its columns, required where they should be'
);
SELECT col_is_pk(
    'tarot'::name, 'transactions'::name, ARRAY['user_id', 'id']::name[], '[T-12.1] keyed by person and number'
);
SELECT fk_ok(
    'tarot'::name, 'transactions'::name, 'user_id'::name, 'tarot'::name, 'credits'::name, 'user_id'::name,
    '[T-12.2] a movement belongs to an account, and through it to a person'
);
SELECT is(
    (SELECT confdeltype::text FROM pg_constraint WHERE conname = 'transactions_user_id_fkey'), 'r',
    '[T-F5] which can''t be deleted while it has movements'
);
SELECT results_eq(
    $$
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'tarot' AND tablename = 'transactions' ORDER BY indexname
    $$,
    $$
    VALUES
        ('CREATE UNIQUE INDEX transactions_account_version_key ON tarot.transactions USING btree '
            '(user_id, account_version)'),
        ('CREATE INDEX transactions_created_at_idx ON tarot.transactions USING brin (created_at)'),
        ('CREATE UNIQUE INDEX transactions_idempotency_key_key ON tarot.transactions USING btree '
            '(user_id, idempotency_key)'),
        ('CREATE UNIQUE INDEX transactions_payment_reference_idx ON tarot.transactions USING btree '
            '(payment_reference) WHERE (payment_reference IS NOT NULL)'),
        ('CREATE INDEX transactions_pending_idx ON tarot.transactions USING btree (created_at) '
            'WHERE ((status)::text = ''pending''::text)'),
        ('CREATE UNIQUE INDEX transactions_pkey ON tarot.transactions USING btree (user_id, id)'),
        ('CREATE UNIQUE INDEX transactions_refunds_id_idx ON tarot.transactions USING btree (user_id, refunds_id) '
            'WHERE (refunds_id IS NOT NULL)'),
        ('CREATE INDEX transactions_type_created_at_idx ON tarot.transactions USING btree '
            '(user_id, type, created_at)')
    $$,
    '[T-12.14..T-12.18] [T-18, T-19] [T-F2, T-F3] transactions has the indexes it needs and no other'
);

SELECT set_config('test.ann', tarot.register_user(1001, 'ann')::text, true);
SELECT tarot.grant_bonus(current_setting('test.ann')::bigint, 100, 'gift');
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);

-- The rules of a row, each broken alone: (what is wrong, the arguments).
CREATE TEMPORARY TABLE rows (
    rule text, sound boolean, type text, amount integer, before integer, after integer, status text,
    reference text, completed boolean, error text, version integer, refunds bigint
);
INSERT INTO rows VALUES
    ('[T-F7] a purchase adds', true, 'purchase', 5, 0, 5, 'completed', 'p', true, NULL, 2, NULL),
    ('[T-F7] a reading takes', true, 'reading', -5, 5, 0, 'completed', NULL, true, NULL, 2, NULL),
    ('[T-F7] a bonus adds', true, 'bonus', 5, 0, 5, 'completed', NULL, true, NULL, 2, NULL),
    ('[T-F9] a refund adds', true, 'refund', 5, 0, 5, 'completed', NULL, true, NULL, 2, 1),
    ('[T-F9] or takes', true, 'refund', -5, 5, 0, 'completed', NULL, true, NULL, 2, 1),
    ('[T-F9] a purchase waits', true, 'purchase', 5, 3, 3, 'pending', 'p', false, NULL, NULL, NULL),
    ('[T-F9] a purchase fails with a reason', true, 'purchase', 5, 3, 3, 'failed', 'p', false, 'e', NULL, NULL),
    ('[T-F9] a purchase is taken back', true, 'purchase', 5, 0, 5, 'refunded', 'p', true, NULL, 2, NULL),
    ('[T-F9] a reading is taken back', true, 'reading', -5, 5, 0, 'refunded', NULL, true, NULL, 2, NULL),
    ('[T-F7] no purchase takes', false, 'purchase', -5, 5, 0, 'completed', 'p', true, NULL, 2, NULL),
    ('[T-F7] no reading adds', false, 'reading', 5, 0, 5, 'completed', NULL, true, NULL, 2, NULL),
    ('[T-F7] no bonus takes', false, 'bonus', -5, 5, 0, 'completed', NULL, true, NULL, 2, NULL),
    ('[T-F7] no movement of nothing', false, 'refund', 0, 5, 5, 'completed', NULL, true, NULL, 2, 1),
    ('[T-F7] no sum that is wrong', false, 'bonus', 5, 0, 6, 'completed', NULL, true, NULL, 2, NULL),
    ('[T-F7] nothing below zero', false, 'reading', -5, 4, -1, 'completed', NULL, true, NULL, 2, NULL),
    ('[T-F7] no movement that waits', false, 'purchase', 5, 0, 5, 'pending', 'p', false, NULL, NULL, NULL),
    ('[T-F9] no moment before its time', false, 'purchase', 5, 0, 0, 'pending', 'p', true, NULL, NULL, NULL),
    ('[T-F9] no movement without a moment', false, 'bonus', 5, 0, 5, 'completed', NULL, false, NULL, 2, NULL),
    ('[T-F9] no failure without a reason', false, 'purchase', 5, 0, 0, 'failed', 'p', false, NULL, NULL, NULL),
    ('[T-F9] no reason without a failure', false, 'bonus', 5, 0, 5, 'completed', NULL, true, 'e', 2, NULL),
    ('[T-F11] no movement without a version', false, 'bonus', 5, 0, 5, 'completed', NULL, true, NULL, NULL, NULL),
    ('[T-F9] no bonus that waits', false, 'bonus', 5, 0, 0, 'pending', NULL, false, NULL, NULL, NULL),
    ('[T-F9] no bonus that is taken back', false, 'bonus', 5, 0, 5, 'refunded', NULL, true, NULL, 2, NULL),
    ('[T-F9] no refund that is taken back', false, 'refund', 5, 0, 5, 'refunded', NULL, true, NULL, 2, 1),
    ('[T-F8] no refund of nothing', false, 'refund', 5, 0, 5, 'completed', NULL, true, NULL, 2, NULL),
    ('[T-F8] no bonus that takes back', false, 'bonus', 5, 0, 5, 'completed', NULL, true, NULL, 2, 1),
    ('[T-F10] no purchase without a payment', false, 'purchase', 5, 0, 5, 'completed', NULL, true, NULL, 2, NULL),
    ('[T-F10] no payment for a bonus', false, 'bonus', 5, 0, 5, 'completed', 'p', true, NULL, 2, NULL);
SELECT is(
    tarot.is_valid_movement(
        r.type, r.amount, r.before, r.after, r.status, r.reference,
        CASE WHEN r.completed THEN now() END, r.error, r.version, r.refunds
    ),
    r.sound, r.rule
)
FROM rows AS r;

-- The same rules hold for the table, also where the triggers that fill a row are off.
SET LOCAL session_replication_role = replica;
SELECT throws_ok(
    $$
    INSERT INTO tarot.transactions (user_id, type, amount, credits_before, credits_after, idempotency_key)
    VALUES (current_setting('test.ann')::bigint, 'bonus', 5, 0, 6, 'k')
    $$,
    '23514', NULL, '[T-F7] a row that does not agree with itself is refused'
);
SELECT throws_ok(
    $$
    INSERT INTO tarot.transactions (user_id, type, amount, credits_before, credits_after, idempotency_key)
    VALUES (current_setting('test.ann')::bigint, 'gift', 5, 0, 5, 'k')
    $$,
    '23514', NULL, '[T-12.12] there are four types'
);
SELECT throws_ok(
    $$
    INSERT INTO tarot.transactions (user_id, type, amount, credits_before, credits_after, status, idempotency_key)
    VALUES (current_setting('test.ann')::bigint, 'bonus', 5, 0, 5, 'lost', 'k')
    $$,
    '23514', NULL, '[T-12.13] there are four statuses'
);
SET LOCAL session_replication_role = origin;

-- What nobody may do, an administrator included.
SELECT throws_ok($$ DELETE FROM tarot.transactions $$, 'TR010', NULL, '[T-F8] nothing leaves the ledger');
SELECT throws_ok($$ TRUNCATE tarot.transactions CASCADE $$, 'TR010', NULL, '[T-F8] not even all at once');
SELECT throws_ok(
    $$ UPDATE tarot.transactions SET amount = amount + 1 $$, 'TR010', NULL, '[T-F8] nothing in it changes'
);
SELECT throws_ok(
    $$ UPDATE tarot.transactions SET status = 'refunded' WHERE type = 'bonus' $$, 'TR004', NULL,
    '[T-F9] nothing is refunded but by a refund'
);
SELECT throws_ok(
    $$ UPDATE tarot.transactions SET status = 'pending' $$, 'TR004', NULL, '[T-F8] nothing goes back'
);
SELECT throws_ok(
    $$
    INSERT INTO tarot.transactions (user_id, type, amount, status, idempotency_key)
    VALUES (current_setting('test.ann')::bigint, 'bonus', 5, 'refunded', 'k')
    $$,
    'TR004', NULL, '[T-F8] nothing starts at its end'
);

-- Purchases that nobody pays for.
SET LOCAL ROLE tarot_app;
SELECT tarot.start_purchase(10, 'pay-1', 'buy-1');
SELECT tarot.start_purchase(10, 'pay-2', 'buy-2');
SET LOCAL ROLE tarot_worker;
SELECT results_eq(
    $$ SELECT status::text, error_message FROM tarot.fail_purchase('pay-1', 'card declined') $$,
    $$ VALUES ('failed', 'card declined') $$,
    '[T-F8] what waits may fail'
);
SELECT results_eq(
    $$ SELECT error_message FROM tarot.fail_purchase('pay-1', 'again') $$, $$ VALUES ('card declined') $$,
    'failing again changes nothing'
);
SELECT throws_ok(
    $$ SELECT tarot.complete_purchase('pay-1') $$, 'TR004', NULL, '[T-F8] what failed can''t be completed'
);
SELECT is(tarot.fail_stale_purchases(), 0, '[T-21] a purchase may wait a day');
SELECT is(tarot.fail_stale_purchases(p_now => now() + interval '23 hours'), 0, '[T-21] all of it');
SELECT throws_ok(
    format('SELECT tarot.fail_stale_purchases(%s)', wrong.arguments), 'TR014', NULL,
    '[T-21] the job refuses ' || wrong.what
)
FROM (
    VALUES
        ('''-1 minute''', 'a wait of less than nothing'),
        (
            '''1 month -29 days'', 10, ''2026-03-01 00:00:00+00''',
            'one that is less than nothing in March'
        ),
        ('''1 day'', 1000, ''infinity''', 'the end of time'),
        ('''1 day'', 1000, ''-infinity''', 'the start of time'),
        ('''1 day'', 1000, NULL', 'no time'), ('NULL', 'no wait'),
        ('''1 day'', 0', 'a batch of nothing'), ('''1 day'', -1', 'a batch of less'),
        ('''1 day'', NULL', 'a batch without an end')
) AS wrong (arguments, what);
-- PostgreSQL 17 and later have intervals without an end; before, the text itself is refused.
SELECT throws_ok(
    format('SELECT tarot.fail_stale_purchases(%L)', wrong.wait),
    CASE WHEN current_setting('server_version_num')::integer < 170000 THEN '22007' ELSE 'TR014' END,
    NULL, '[T-21] the job refuses a wait of ' || wrong.wait
)
FROM (VALUES ('infinity'), ('-infinity')) AS wrong (wait);
SELECT is(
    tarot.fail_stale_purchases('0'), 0,
    '[T-21] what was opened this moment is not stale by any wait'
);
SELECT is(
    tarot.fail_stale_purchases(p_now => now() + interval '25 hours'), 1, '[T-21] then the job closes it'
);
SELECT results_eq(
    $$ SELECT status::text, error_message FROM tarot.transactions WHERE payment_reference = 'pay-2' $$,
    $$ VALUES ('failed', 'not paid in time') $$,
    '[T-21] and says why'
);
SELECT is_empty($$ SELECT user_id FROM tarot.ledger_breaks $$, '[T-16] after all that the ledger adds up');

-- Right after the start: many people, one movement each, all of them with the same key.
RESET ROLE;
SELECT tarot.grant_bonus(tarot.register_user(n, NULL), 2, 'gift') FROM generate_series(5001, 5400) AS n;
ANALYZE tarot.transactions;
CREATE FUNCTION pg_temp.plan_of_look_up() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_plan json;
BEGIN
    SET LOCAL plan_cache_mode = force_generic_plan;
    PREPARE look_up (bigint, text) AS
        SELECT t.* FROM tarot.transactions AS t WHERE t.user_id = $1 AND t.idempotency_key = $2;
    EXECUTE 'EXPLAIN (FORMAT json) EXECUTE look_up (1, ''gift'')' INTO v_plan;
    RETURN v_plan #>> '{0,Plan,Index Name}';
END;
$$;
SELECT is(
    pg_temp.plan_of_look_up(), 'transactions_idempotency_key_key',
    '[T-F14] a key is looked up by its own index, however young the table is'
);

SELECT * FROM finish();
ROLLBACK;
