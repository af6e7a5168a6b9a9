-- The reconciliation finds every way in which ledger and balances can disagree.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(16);

SELECT set_config('test.ann', tarot.register_user(1001, 'ann')::text, true);
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT tarot.grant_bonus(current_setting('test.ann')::bigint, 100, 'gift');
SELECT tarot.spend_credits(30, 'spend-1');
SELECT tarot.spend_credits(20, 'spend-2');
SELECT tarot.start_purchase(5, 'pay-1', 'buy-1');
SELECT tarot.refund_transaction(t.user_id, t.id, 'back-1')
FROM tarot.transactions AS t
WHERE t.idempotency_key = 'spend-1';

SET LOCAL ROLE tarot_app;
SELECT throws_ok($$ SELECT user_id FROM tarot.ledger_breaks $$, '42501', NULL, 'the app does not reconcile');
SET LOCAL ROLE tarot_worker;
SELECT is_empty($$ SELECT user_id FROM tarot.ledger_breaks $$, '[T-16] a sound ledger has no break');

-- Break one thing after another, with every guard off, and look what is found.
RESET ROLE;
ALTER TABLE tarot.transactions DROP CONSTRAINT transactions_movement_check;
CREATE FUNCTION pg_temp.found_after(p_damage text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_found text;
BEGIN
    SET LOCAL session_replication_role = replica;
    EXECUTE p_damage;
    SET LOCAL session_replication_role = origin;
    SELECT string_agg(DISTINCT b.rule, ', ' ORDER BY b.rule) INTO v_found FROM tarot.ledger_breaks AS b;
    RAISE EXCEPTION USING ERRCODE = 'TRX99', MESSAGE = coalesce(v_found, 'nothing');
END;
$$;
CREATE TEMPORARY TABLE damages (damage text, found text);
INSERT INTO damages VALUES
    ('UPDATE tarot.credits SET balance = balance + 1', 'balance'),
    ('UPDATE tarot.credits SET version = version + 1', 'account version'),
    ('UPDATE tarot.transactions SET amount = amount - 1 WHERE idempotency_key = ''spend-2''', 'arithmetic, balance'),
    ('UPDATE tarot.transactions SET credits_after = credits_after + 1 WHERE idempotency_key = ''spend-2''',
        'arithmetic, chain'),
    ('UPDATE tarot.transactions SET credits_before = credits_before + 1, credits_after = credits_after + 1
        WHERE idempotency_key = ''spend-2''', 'chain'),
    ('DELETE FROM tarot.transactions WHERE idempotency_key = ''spend-2''',
        'account version, balance, chain, version'),
    ('DELETE FROM tarot.transactions WHERE idempotency_key = ''back-1''', 'account version, balance, refunded'),
    ('UPDATE tarot.transactions SET account_version = 77 WHERE idempotency_key = ''spend-2''', 'chain, version'),
    ('UPDATE tarot.transactions SET status = ''completed'' WHERE idempotency_key = ''buy-1''', 'status'),
    ('UPDATE tarot.transactions SET status = ''failed'' WHERE idempotency_key = ''spend-2''', 'status'),
    ('UPDATE tarot.transactions SET status = ''completed'' WHERE idempotency_key = ''spend-1''', 'refund'),
    ('UPDATE tarot.transactions SET refunds_id = NULL WHERE idempotency_key = ''back-1''', 'refunded'),
    ('DELETE FROM tarot.credits', 'account'),
    ('INSERT INTO tarot.users (telegram_id) VALUES (1)', 'account');
SELECT throws_ok(
    format('SELECT pg_temp.found_after(%L)', damage), 'TRX99', found, '[T-16] found: ' || found || ', after ' || damage
)
FROM damages;

SELECT * FROM finish();
ROLLBACK;
