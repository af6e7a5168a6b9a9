-- Something of every kind for two people, so that what a role reaches can be told apart.
SET LOCAL session_replication_role = replica;
CREATE TEMPORARY VIEW people AS
SELECT ('a0000000-0000-4000-8000-00000000000' || n)::uuid AS id, n FROM generate_series(1, 2) AS n;
INSERT INTO astroloh.users (id, data_consent) SELECT p.id, true FROM people AS p;
INSERT INTO kernel.consent_event (app, subject, purpose, version, language, granted, actor, method)
SELECT 'astroloh', p.id::text, 'data_processing', 1, 'ru', true, 'person', 'button' FROM people AS p;
INSERT INTO astroloh.user_identities (user_id, platform, platform_user_id)
SELECT p.id, 'telegram', p.n::text FROM people AS p;
INSERT INTO astroloh.security_logs (event_type, user_id, description, success)
SELECT 'login', p.id, 'a dialog began', true FROM people AS p;
INSERT INTO astroloh.user_sessions (user_id, platform, session_id, expires_at)
SELECT p.id, 'telegram', 'dialog ' || p.n, now() + interval '1 hour' FROM people AS p;
INSERT INTO astroloh.horoscope_requests (user_id, request_type)
SELECT p.id, 'daily' FROM people AS p;
INSERT INTO astroloh.user_preferences (user_id) SELECT p.id FROM people AS p;
INSERT INTO astroloh.user_interactions (user_id, interaction_type, content_type)
SELECT p.id, 'view', 'lunar' FROM people AS p;
INSERT INTO astroloh.daily_interactions_ever_totals (day, interaction_type, content_type, counted)
VALUES ('2026-01-01', 'view', 'lunar', 1);
INSERT INTO astroloh.daily_interactions_ever_deltas (day, interaction_type, content_type, counted)
VALUES ('2026-01-01', 'view', 'lunar', 1);
INSERT INTO astroloh.recommendations (
    user_id, recommendation_type, content_type, title, confidence_score, algorithm_used, model_version
)
SELECT p.id, 'content', 'daily', 'Rest', 50, 'hybrid', '1' FROM people AS p;
INSERT INTO astroloh.recommendation_metrics (user_id, metric_name, metric_value)
SELECT p.id, 'ctr', 0.5 FROM people AS p;
INSERT INTO astroloh.user_clusters (user_id, cluster_id, similarity_score, algorithm_version)
SELECT p.id, 'fire', 50, '1' FROM people AS p;
INSERT INTO astroloh.ab_tests (test_name, test_start_date) VALUES ('tone', now());
INSERT INTO astroloh.ab_test_groups (user_id, test_name, group_name)
SELECT p.id, 'tone', 'control' FROM people AS p;
INSERT INTO kernel.subject_request (
    app, subject, kind, regime, origin, state, requested_by, due_at, code_salt, code_hash,
    code_expires_at
)
SELECT
    'astroloh', p.id::text, 'erasure', 'gdpr', 'person', 'requested', 'person', now() + interval '1 month',
    decode(repeat('00', 16), 'hex'), decode(repeat('00', 32), 'hex'), now() + interval '1 day'
FROM people AS p;
