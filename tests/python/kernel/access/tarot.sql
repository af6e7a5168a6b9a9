-- Something of every kind for two people, so that what a role reaches can be told apart.
SET LOCAL session_replication_role = replica;
INSERT INTO tarot.users (id, telegram_id)
OVERRIDING SYSTEM VALUE
VALUES (1001, 5001), (1002, 5002);
INSERT INTO tarot.credits (user_id, balance)
VALUES (1001, 5), (1002, 5);
INSERT INTO tarot.transactions (
    user_id, type, amount, credits_before, credits_after, status, idempotency_key, account_version,
    completed_at
)
VALUES
    (1001, 'bonus', 5, 0, 5, 'completed', 'first', 2, CURRENT_TIMESTAMP),
    (1002, 'bonus', 5, 0, 5, 'completed', 'first', 2, CURRENT_TIMESTAMP);
INSERT INTO tarot.readings (user_id, spread_type, cards, interpretation)
SELECT
    person.id,
    'single',
    jsonb_build_array(
        jsonb_build_object('card', (tarot.deck())[1], 'position', 1, 'reversed', false)
    ),
    'So it is.'
FROM (VALUES (1001), (1002)) AS person (id);
INSERT INTO tarot.readings_live_totals (user_id, spread_type, counted)
VALUES (1001, 'single', 1), (1002, 'single', 1);
INSERT INTO tarot.readings_live_deltas (user_id, spread_type, counted)
VALUES (1001, 'single', 1), (1002, 'single', 1);
INSERT INTO tarot.sessions (user_id, token_hash, expires_at)
VALUES (1001, sha256('1001'), 'tomorrow'), (1002, sha256('1002'), 'tomorrow');
