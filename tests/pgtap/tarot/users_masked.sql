BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

SELECT tarot.register_user(5150001, 'canary-anna') AS anna, tarot.register_user(5150002, NULL) AS bert
\gset
INSERT INTO tarot.transactions (user_id, type, amount, status, idempotency_key)
VALUES (:anna, 'bonus', 137, 'completed', 'canary-key'), (:bert, 'bonus', 20, 'completed', 'canary-key');
INSERT INTO tarot.transactions (user_id, type, amount, status, idempotency_key, payment_reference)
VALUES (:anna, 'purchase', 60, 'pending', 'canary-second', 'canary-payment');
INSERT INTO tarot.readings (user_id, spread_type, question, cards, interpretation, transaction_id)
SELECT
    :anna, 'single', 'canary-question', jsonb_build_array(jsonb_build_object('card', (tarot.deck())[1], 'position', 1, 'reversed', false)),
    'canary-answer', t.id
FROM tarot.transactions AS t
WHERE t.user_id = :anna AND t.type = 'bonus';

SET LOCAL ROLE tarot_analyst;
SELECT results_eq(
    $$SELECT u.subscription_tier, u.is_active, c.balance, u.username IS NOT NULL, date_trunc('month', now(), 'UTC')::date = u.created_at
    FROM tarot.users_masked AS u JOIN tarot.credits_masked AS c ON c.user_id = u.id ORDER BY c.balance$$,
    $$VALUES ('basic', true, 20, false, true), ('basic', true, 100, true, true)$$,
    'people and accounts, without their names, joined'
);
SELECT results_eq(
    $$SELECT t.type::text, t.status::text, t.amount, r.question, u.username IS NOT NULL
    FROM tarot.transactions_masked AS t JOIN tarot.users_masked AS u ON u.id = t.user_id
    LEFT JOIN tarot.readings_masked AS r ON r.user_id = t.user_id AND r.transaction_id = t.id ORDER BY t.amount$$,
    $$VALUES ('bonus', 'completed', 20, NULL::boolean, false), ('purchase', 'pending', 50, NULL, true), ('bonus', 'completed', 100, true, true)$$,
    'and what they paid for, by key as the tables are'
);
SELECT is_empty(
    $$SELECT FROM (
        SELECT u::text FROM tarot.users_masked AS u UNION ALL SELECT c::text FROM tarot.credits_masked AS c
        UNION ALL SELECT t::text FROM tarot.transactions_masked AS t UNION ALL SELECT r::text FROM tarot.readings_masked AS r
    ) AS shown (value) WHERE shown.value ~ 'canary|\m(5150001|137|157|single)\M'$$,
    'nothing of who they are, what they asked or what they were told'
);
SELECT throws_ok(format('SELECT FROM tarot.%I', t.name), '42501', NULL, 'the analyst does not read ' || t.name)
FROM unnest('{users, credits, transactions, readings, readings_live}'::text[]) AS t (name);
RESET ROLE;
SELECT is(
    (SELECT array_agg(format('%s.%s', m.relation, c.column_name) ORDER BY m.relation, c.position)
    FROM (VALUES ('users'), ('credits'), ('transactions'), ('readings')) AS m (relation)
    CROSS JOIN kernel.masked_columns(('tarot.' || m.relation)::regclass) AS c WHERE c.mask = 'hide'),
    ARRAY[
        'readings.spread_type', 'readings.cards', 'readings.interpretation', 'transactions.payment_reference', 'transactions.error_message',
        'transactions.idempotency_key', 'transactions.currency'
    ],
    'these columns are hidden'
);

-- The view reads with the owner's rights, and is closed to analysts all the same.
SELECT kernel.close_gate('a test');
SET SESSION AUTHORIZATION strongroom_login;
SET LOCAL ROLE tarot_analyst;
SELECT throws_ok(format('SELECT FROM tarot.%I', t.name), 'KR100', NULL, 'in a copy that nobody opened the analyst does not read ' || t.name)
FROM unnest('{users_masked, credits_masked, transactions_masked, readings_masked}'::text[]) AS t (name);
RESET SESSION AUTHORIZATION;

SELECT * FROM finish();
ROLLBACK;
