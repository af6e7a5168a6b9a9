-- Something of every kind for two people, and for two whom they know, so that what a role reaches
-- can be told apart.
SET LOCAL session_replication_role = replica;
INSERT INTO saltbitter.users (id, email, password_hash)
SELECT
    format('00000000-0000-4000-8000-00000000000%s', n)::uuid,
    format('person%s@example.org', n),
    '$2b$12$' || repeat('a', 53)
FROM generate_series(0, 9) AS n;
INSERT INTO saltbitter.profiles (user_id, name, birth_date, gender)
SELECT u.id, 'Somebody', '1990-05-17', 'woman'
FROM saltbitter.users AS u;
-- Ids from the smaller to the greater: 0, the two, 9. So each of the two is once the first of a
-- pair and once the second, never with each other.
INSERT INTO saltbitter.decisions (user_id, target_id, decision)
SELECT
    format('00000000-0000-4000-8000-00000000000%s', me)::uuid,
    '00000000-0000-4000-8000-000000000009',
    'liked'
FROM generate_series(1, 2) AS me;
INSERT INTO saltbitter.matches (id, user_a_id, user_b_id, status, matched_at)
SELECT
    format('00000000-0000-4000-8000-00000000010%s', pair.me)::uuid,
    format('00000000-0000-4000-8000-00000000000%s', pair.a)::uuid,
    format('00000000-0000-4000-8000-00000000000%s', pair.b)::uuid,
    'matched',
    now()
FROM (VALUES (1, 1, 9), (2, 2, 9), (3, 0, 1), (4, 0, 2)) AS pair (me, a, b);
INSERT INTO saltbitter.messages (match_id, id, from_user_id, to_user_id, content)
SELECT
    m.id, m.id, m.user_a_id, m.user_b_id, '\x01'::bytea || decode(repeat('00', 60), 'hex')
FROM saltbitter.matches AS m;
INSERT INTO kernel.consent_event (app, subject, purpose, version, language, granted, actor, method)
SELECT 'saltbitter', u.id::text, 'orientation', 1, 'en', true, 'person', 'checkbox'
FROM saltbitter.users AS u;
INSERT INTO saltbitter.attachment_assessments (
    user_id, anxiety_score, avoidance_score, style, assessment_version, total_questions
)
SELECT u.id, 1, 2, 'secure', 'ecr-r/2', 36
FROM saltbitter.users AS u;
INSERT INTO saltbitter.ai_interactions (user_id, ai_type)
SELECT u.id, 'practice_companion'
FROM saltbitter.users AS u;
INSERT INTO saltbitter.ai_opt_outs (user_id)
SELECT u.id
FROM saltbitter.users AS u;
INSERT INTO saltbitter.compliance_logs (user_id, action_type, regulatory_framework)
SELECT u.id, 'ai_opt_out', 'sb_243'
FROM saltbitter.users AS u;
INSERT INTO saltbitter.subscriptions (user_id, tier, status, provider_at)
SELECT u.id, 'free', 'active', now()
FROM saltbitter.users AS u;
INSERT INTO saltbitter.payments (user_id, amount, type)
SELECT u.id, 1, 'super_like'
FROM saltbitter.users AS u;
INSERT INTO saltbitter.webhook_events (event_id, kind)
VALUES ('e1', 'payment');
INSERT INTO saltbitter.events (id, title, type, start_time, end_time, capacity)
VALUES (
    '00000000-0000-4000-8000-000000000201', 'Talk', 'ama', now(), now() + interval '1 hour', 20
);
INSERT INTO saltbitter.event_registrations (user_id, event_id)
SELECT u.id, '00000000-0000-4000-8000-000000000201'
FROM saltbitter.users AS u;
