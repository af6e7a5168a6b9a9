-- Something of every kind for two people, so that what a role reaches can be told apart.
SET LOCAL session_replication_role = replica;
CREATE TEMPORARY VIEW people AS
SELECT ('a0000000-0000-4000-8000-00000000000' || n)::uuid AS id, n FROM generate_series(1, 2) AS n;
INSERT INTO astroloh.users (id) SELECT p.id FROM people AS p;
INSERT INTO astroloh.user_identities (user_id, platform, platform_user_id)
SELECT p.id, 'telegram', p.n::text FROM people AS p;
INSERT INTO astroloh.security_logs (event_type, user_id, description, success)
SELECT 'login', p.id, 'a dialog began', true FROM people AS p;
INSERT INTO astroloh.user_sessions (user_id, platform, session_id, expires_at)
SELECT p.id, 'telegram', 'dialog ' || p.n, now() + interval '1 hour' FROM people AS p;
