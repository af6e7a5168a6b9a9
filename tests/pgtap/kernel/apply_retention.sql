BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
SET LOCAL ROLE strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';

-- A helper of these tests: a table as every table of an app is.
CREATE FUNCTION pg_temp.guard(p_table text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', p_table);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', p_table);
    EXECUTE format('CREATE POLICY all_owner ON %s TO strongroom_owner USING (true) WITH CHECK (true)', p_table);
END;
$$;
CREATE FUNCTION pg_temp.ago(p_days numeric) RETURNS timestamptz LANGUAGE sql
RETURN now() - make_interval(secs => p_days * 86400);

CREATE TABLE probe.users (id bigint PRIMARY KEY, keep_days integer);
COMMENT ON COLUMN probe.users.id IS E'The person.\n@subject';
CREATE TABLE probe.notes (
    user_id bigint, id bigint, at timestamptz NOT NULL, body text, address inet, PRIMARY KEY (user_id, id)
);
CREATE INDEX notes_at_idx ON probe.notes (at);
SELECT pg_temp.guard('probe.users');
SELECT pg_temp.guard('probe.notes');

-- Rows that are too old go, the others stay.
INSERT INTO kernel.retention_policy (name, relation, action, time_expression, keep_for, reason)
VALUES ('notes', 'probe.notes', 'delete', 'at', '30 days', 'purpose fulfilled');
INSERT INTO probe.notes (user_id, id, at)
SELECT n % 3, n, pg_temp.ago(n) FROM generate_series(21, 40) AS n;
RESET ROLE;
GRANT USAGE ON SCHEMA probe TO strongroom_runner;
SET LOCAL ROLE strongroom_runner;
SELECT results_eq(
    $$SELECT p.policy, p.table_name, p.action, p.row_count, p.subject_count, p.kept_count, p.problem
    FROM kernel.retention_preview('notes') AS p$$,
    $$VALUES ('notes', 'probe.notes', 'delete', 10::bigint, 3::bigint, 0::bigint, NULL::text)$$,
    'a preview says how many rows of how many people would go'
);
SELECT is(
    (SELECT p.row_count FROM kernel.retention_preview('notes', now() + interval '5 days') AS p), 15::bigint,
    'or would go another day'
);
SELECT is(kernel.apply_retention('notes', 4), 4::bigint, 'a batch takes the oldest rows');
SELECT is(kernel.apply_retention('notes', 4), 4::bigint, 'the next one goes on');
SELECT is(kernel.apply_retention('notes', 4), 2::bigint, 'to the end');
SELECT is(kernel.apply_retention('notes', 4), 0::bigint, 'where nothing is left');
SELECT is((SELECT p.swept_to FROM kernel.retention_policy AS p WHERE p.name = 'notes'), NULL, 'to begin anew');
RESET ROLE;
SELECT results_eq(
    'SELECT n.id FROM probe.notes AS n ORDER BY 1', 'SELECT generate_series(21, 30)::bigint',
    'a row that is just as old as it may be stays'
);
SELECT results_eq(
    $$SELECT d.row_count, d.action, d.policy_name, d.reason, d.partition_name
    FROM kernel.destruction_record AS d WHERE d.relation_name = 'probe.notes' ORDER BY d.id$$,
    $$VALUES (4::bigint, 'delete', 'notes', 'purpose fulfilled', NULL),
        (4::bigint, 'delete', 'notes', 'purpose fulfilled', NULL),
        (2::bigint, 'delete', 'notes', 'purpose fulfilled', NULL)$$,
    '[X-5] each batch is written down'
);
SELECT is(
    (SELECT d.digest FROM kernel.destruction_record AS d WHERE d.relation_name = 'probe.notes' ORDER BY d.id LIMIT 1),
    sha256(convert_to(E'0,39\n1,37\n1,40\n2,38', 'UTF8')),
    'with a digest that anybody can work out from the keys'
);
SELECT ok(
    bool_and(d.bounds_from::timestamptz < d.bounds_to::timestamptz AND d.bounds_to::timestamptz <= pg_temp.ago(30)),
    'and bounds that say which time it was'
)
FROM kernel.destruction_record AS d WHERE d.relation_name = 'probe.notes';

-- More rows of one moment than a batch holds.
SET LOCAL ROLE strongroom_owner;
INSERT INTO probe.notes (user_id, id, at)
SELECT 9, n, pg_temp.ago(50) FROM generate_series(101, 110) AS n
UNION ALL
SELECT 9, n, pg_temp.ago(45) FROM generate_series(111, 112) AS n;
SELECT results_eq(
    $$SELECT kernel.apply_retention('notes', 3) FROM generate_series(1, 6)$$,
    'VALUES (3::bigint), (3), (3), (3), (0), (0)',
    'rows of one moment are cut into batches too'
);

-- Holds.
INSERT INTO probe.notes (user_id, id, at) SELECT n % 3, n, pg_temp.ago(90) FROM generate_series(1, 9) AS n;
INSERT INTO probe.notes (user_id, id, at) VALUES (0, 10, '-infinity'), (1, 11, 'infinity');
SELECT kernel.place_hold('case', p_app => 'probe', p_subject => '2') AS person \gset
SELECT kernel.place_hold('case', p_table => 'probe.notes', p_row_key => '{"user_id": 1, "id": 4}') AS line \gset
SELECT results_eq(
    $$SELECT p.row_count, p.subject_count, p.kept_count FROM kernel.retention_preview('notes') AS p$$,
    'VALUES (6::bigint, 2::bigint, 4::bigint)', 'a preview counts what is held by itself'
);
SELECT results_eq(
    $$SELECT kernel.apply_retention('notes', 5) FROM generate_series(1, 3)$$, 'VALUES (1::bigint), (5), (0)',
    'what is held stays, the rest goes'
);
SELECT results_eq(
    'SELECT n.user_id, n.id FROM probe.notes AS n WHERE n.id < 20 ORDER BY 1, 2',
    'VALUES (1::bigint, 4::bigint), (1, 11), (2, 2), (2, 5), (2, 8)',
    'the person''s rows, the row, and one that never gets old'
);
SELECT is((SELECT count(*) FROM kernel.retention_lag('1 day')), 0::bigint, 'what is held is not late');
SELECT kernel.release_hold(:person, 'closed');
SELECT results_eq(
    $$SELECT l.policy, l.oldest FROM kernel.retention_lag('1 day') AS l$$,
    $$VALUES ('notes', pg_temp.ago(90))$$, 'what is let go and still there is'
);
SELECT is(
    (SELECT c.level FROM kernel.check_retention_lag AS c), 'ERROR', 'and found by the check'
);
SELECT is(kernel.apply_retention('notes'), 3::bigint, 'with the hold goes what it kept');
SELECT kernel.place_hold('case', p_table => 'probe.notes') AS whole \gset
SELECT kernel.release_hold(:line, 'closed');
SELECT is(kernel.apply_retention('notes'), 0::bigint, 'of a table on hold nothing goes');
SELECT kernel.release_hold(:whole, 'closed');
SELECT is(kernel.apply_retention('notes'), 1::bigint, 'until it is released');
SELECT is((SELECT count(*) FROM kernel.check_retention_lag), 0::bigint, 'then nothing is late');
INSERT INTO probe.notes (user_id, id, at) VALUES (1, 500, pg_temp.ago(31));
SELECT is((SELECT array_agg(g.hours) FROM unnest('{12,23,25,48}'::integer[]) AS g (hours)
    WHERE EXISTS (SELECT FROM kernel.retention_lag(make_interval(hours => g.hours)) AS l WHERE l.policy = 'notes')),
    '{12,23}', 'late is what should have gone longer ago than that');
DELETE FROM probe.notes WHERE id = 500;

-- Periods of people.
UPDATE kernel.retention_policy
SET override_table = 'probe.users', override_column = 'keep_days', override_min_days = 10,
    override_max_days = 100, statutory_minimum = '20 days'
WHERE name = 'notes';
INSERT INTO probe.users VALUES (1, 25), (2, 1), (3, 1000), (4, NULL), (6, 40);
DELETE FROM probe.notes;
INSERT INTO probe.notes (user_id, id, at)
SELECT u, d, pg_temp.ago(d + 0.5) FROM generate_series(1, 6) AS u, generate_series(1, 120) AS d;
SELECT is(
    (SELECT p.row_count FROM kernel.retention_preview('notes') AS p), 481::bigint, 'a preview knows of periods'
);
SELECT is(
    (SELECT sum(kernel.apply_retention('notes', 50)) FROM generate_series(1, 20)), 481::numeric, 'and so do batches'
);
SELECT results_eq(
    'SELECT n.user_id, max(n.id) FROM probe.notes AS n GROUP BY 1 ORDER BY 1',
    'VALUES (1::bigint, 24::bigint), (2, 19), (3, 99), (4, 29), (5, 29), (6, 39)',
    '[A-F28] each person''s rows are kept for the period of the person, within the bounds and the law'
);
SAVEPOINT shorter;
UPDATE kernel.retention_policy SET keep_for = '5 days', statutory_minimum = NULL WHERE name = 'notes';
SELECT kernel.apply_retention('notes') FROM generate_series(1, 3);
SELECT results_eq(
    'SELECT n.user_id, max(n.id) FROM probe.notes AS n GROUP BY 1 ORDER BY 1',
    'VALUES (1::bigint, 24::bigint), (2, 9), (3, 99), (4, 4), (5, 4), (6, 39)',
    'also where the shortest of a person is more than what others have'
);
ROLLBACK TO shorter;

-- Columns.
DELETE FROM probe.notes;
INSERT INTO probe.notes (user_id, id, at, body, address)
SELECT 1, n, pg_temp.ago(n), 'words', '192.0.2.77' FROM generate_series(1, 6) AS n;
INSERT INTO kernel.retention_policy (name, relation, action, columns, mask_expression, time_expression, keep_for, reason)
VALUES
    ('note_bodies', 'probe.notes', 'null', '{body}', NULL, 'at', '3 days', 'minimisation'),
    ('note_addresses', 'probe.notes', 'mask', '{address}', 'network(set_masklen(address, 24))::inet', 'at', '4 days', 'minimisation'),
    ('note_noise', 'probe.notes', 'mask', '{body}', 'body || ''!''', 'at', '1 day', 'a mistake');
SELECT kernel.place_hold('case', p_table => 'probe.notes', p_row_key => '{"user_id": 1, "id": 6}') AS line \gset
SELECT results_eq(
    $$SELECT kernel.apply_retention('note_bodies', 1) FROM generate_series(1, 3)$$, 'VALUES (1::bigint), (1), (0)',
    'columns are emptied, once'
);
SELECT is(kernel.apply_retention('note_addresses'), 1::bigint, 'or masked');
SELECT is(kernel.apply_retention('note_addresses'), 0::bigint, 'once');
SELECT results_eq(
    'SELECT n.id, n.body, n.address FROM probe.notes AS n ORDER BY 1',
    $$VALUES (1::bigint, 'words' COLLATE "default", '192.0.2.77'::inet), (2, 'words', '192.0.2.77'), (3, 'words', '192.0.2.77'),
        (4, NULL, '192.0.2.77'), (5, NULL, '192.0.2.0/24'), (6, 'words', '192.0.2.77')$$,
    'where rows are old enough and not held'
);
SELECT throws_ok(
    $$SELECT kernel.apply_retention('note_noise')$$, 'KR033', NULL, 'a mask that never comes to rest is refused'
);
UPDATE kernel.retention_policy SET is_enabled = false WHERE name = 'note_noise';
SELECT is(kernel.apply_retention('note_noise'), 0::bigint, 'a policy that is switched off does nothing');
SELECT kernel.release_hold(:line, 'closed');
SELECT is(kernel.apply_retention('note_bodies') + kernel.apply_retention('note_addresses'), 2::bigint,
    'what was held is emptied and masked later');
SELECT is(
    (SELECT count(*) FROM kernel.destruction_record AS d WHERE d.action IN ('null', 'mask')), 5::bigint,
    'and all of it is written down'
);

-- Rows that others refer to.
CREATE TABLE probe.chats (id bigint PRIMARY KEY, on_day date NOT NULL, next_id bigint);
CREATE INDEX chats_day_idx ON probe.chats (on_day);
CREATE INDEX chats_next_idx ON probe.chats (next_id) WHERE next_id IS NOT NULL;
ALTER TABLE probe.chats ADD FOREIGN KEY (next_id) REFERENCES probe.chats (id) ON DELETE SET NULL;
CREATE TABLE probe."a""b;--" ("Id #" uuid PRIMARY KEY, chat bigint REFERENCES probe.chats (id) ON DELETE CASCADE,
    "at ""'; DROP" timestamptz NOT NULL);
CREATE INDEX odd_idx ON probe."a""b;--" ("at ""'; DROP");
CREATE INDEX odd_chat_idx ON probe."a""b;--" (chat);
SELECT pg_temp.guard('probe.chats');
SELECT pg_temp.guard('probe."a""b;--"');
INSERT INTO kernel.retention_policy (name, relation, action, time_expression, keep_for, reason)
VALUES
    ('chats', 'probe.chats', 'delete', 'on_day', '10 days', 'old'),
    ('messages', 'probe."a""b;--"', 'delete', '"at ""''; DROP"', '20 days', 'old');
INSERT INTO probe.chats (id, on_day)
SELECT n, (now() AT TIME ZONE 'UTC')::date - n::integer FROM generate_series(8, 30) AS n;
UPDATE probe.chats SET next_id = 29 WHERE id = 8;
INSERT INTO probe."a""b;--" SELECT gen_random_uuid(), 15, pg_temp.ago(5);
INSERT INTO probe."a""b;--" SELECT gen_random_uuid(), n, pg_temp.ago(30) FROM generate_series(16, 25) AS n;
SELECT results_eq(
    $$SELECT p.policy, p.row_count, p.kept_count FROM kernel.retention_preview() AS p
    WHERE p.policy IN ('chats', 'messages') ORDER BY p.policy$$,
    $$VALUES ('chats', 18::bigint, 2::bigint), ('messages', 10, 0)$$,
    'a preview counts what goes once that is gone which refers to it'
);
SELECT is(kernel.apply_retention('chats'), 8::bigint, 'what is referred to waits');
SELECT results_eq(
    'SELECT c.id FROM probe.chats AS c WHERE c.id NOT BETWEEN 15 AND 25 ORDER BY 1',
    'VALUES (8::bigint), (9), (10), (29)',
    'a date is past its time when the whole day is, and nothing goes by CASCADE or SET NULL'
);
SELECT results_eq(
    'SELECT sum(kernel.apply_retention()) FROM generate_series(1, 12)', 'VALUES (20::numeric)',
    'a run of all policies takes what refers before what it refers to'
);
SELECT results_eq('SELECT c.id FROM probe.chats AS c ORDER BY 1',
    'VALUES (8::bigint), (9), (10), (15), (29)', 'and leaves what is still referred to');
SELECT results_eq(
    $$SELECT d.relation_name, d.row_count FROM kernel.destruction_record AS d WHERE d.policy_name IN ('chats', 'messages') ORDER BY d.id$$,
    $$VALUES ('probe.chats', 8::bigint), ('probe."a""b;--"', 10), ('probe.chats', 10)$$,
    'each row in one record'
);

-- A cache: each row says when it ends, or that it doesn't.
CREATE TABLE probe.cache (key text PRIMARY KEY, expires_at timestamptz);
CREATE INDEX cache_expires_at_idx ON probe.cache (expires_at) WHERE expires_at IS NOT NULL;
SELECT pg_temp.guard('probe.cache');
INSERT INTO kernel.retention_policy (name, relation, action, time_expression, keep_for, keep_nulls, reason)
VALUES ('cache', 'probe.cache', 'delete', 'expires_at', '0', true, 'stale');
INSERT INTO probe.cache
VALUES ('old', now() - interval '1 second'), ('new', now() + interval '1 second'), ('now', now()), ('ever', NULL);
SELECT is((SELECT p.subject_count FROM kernel.retention_preview('cache') AS p), NULL, 'rows of nobody are of no people');
SELECT is(kernel.apply_retention('cache'), 1::bigint, '[X-5] a cache loses what has expired');
SELECT bag_eq('SELECT c.key FROM probe.cache AS c', $$VALUES ('new'), ('now'), ('ever')$$, 'and nothing else');

-- Partitions.
CREATE TABLE probe.events (user_id bigint, id bigint, at timestamptz NOT NULL, PRIMARY KEY (at, id))
PARTITION BY RANGE (at);
SELECT pg_temp.guard('probe.events');
INSERT INTO kernel.partition_policy (parent, key_kind, every, keep) VALUES ('probe.events', 'time', '1 month', '60 days');
CREATE TABLE probe."old ""1" (id bigint NOT NULL, at timestamptz NOT NULL, user_id bigint);
ALTER TABLE probe.events ATTACH PARTITION probe."old ""1" FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
CREATE TABLE probe.old_2 PARTITION OF probe.events FOR VALUES FROM ('2020-02-01') TO ('2020-03-01');
CREATE TABLE probe.old_3 PARTITION OF probe.events FOR VALUES FROM ('2020-03-01') TO ('2020-04-01');
CREATE TABLE probe.young PARTITION OF probe.events FOR VALUES FROM ('2020-04-01') TO ('2100-04-01');
SELECT pg_temp.guard(part) FROM unnest('{"probe.\"old \"\"1\"",probe.old_2,probe.old_3,probe.young}'::text[]) AS part;
INSERT INTO probe.events (user_id, id, at)
SELECT n % 5, n, timestamptz '2020-01-01' + n * interval '1 day' FROM generate_series(1, 100) AS n;
INSERT INTO kernel.retention_policy (name, relation, action, reason) VALUES ('events', 'probe.events', 'drop', 'old');
SELECT results_eq(
    $$SELECT p.row_count, p.subject_count, p.kept_count FROM kernel.retention_preview('events') AS p$$,
    'VALUES (90::bigint, 5::bigint, 0::bigint)', 'a preview counts partitions that are past their time'
);
SELECT is(kernel.apply_retention('events'), 0::bigint, 'a partition that is free is left to the runner, who drops it');
SELECT kernel.place_hold('case', p_table => 'probe.events', p_row_key => '{"id": 3, "at": "2020-01-04"}') AS line \gset
SELECT kernel.place_hold('case', p_table => 'probe.old_2') AS part \gset
SELECT results_eq(
    $$SELECT p.row_count, p.kept_count FROM kernel.retention_preview('events') AS p$$,
    'VALUES (60::bigint, 30::bigint)', 'a preview knows what is held in partitions'
);
SELECT results_eq(
    $$SELECT kernel.apply_retention('events', 20) FROM generate_series(1, 3)$$, 'VALUES (20::bigint), (9), (0)',
    'of a partition with a row on hold the others are deleted'
);
SELECT bag_eq(
    $$SELECT e.tableoid::regclass::text AS part, count(*) FROM probe.events AS e GROUP BY e.tableoid$$,
    $$VALUES ('probe.old_2', 29::bigint), ('probe.old_3', 31), ('probe."old ""1"', 1), ('probe.young', 10)$$,
    'and of one that is on hold, or free, or too young, none'
);
SELECT results_eq(
    $$SELECT d.partition_name, d.action, d.bounds_from, d.row_count FROM kernel.destruction_record AS d
    WHERE d.relation_name = 'probe.events' ORDER BY d.id$$,
    $$VALUES ('probe."old ""1"', 'delete', '2020-01-01 00:00:00+00', 20::bigint),
        ('probe."old ""1"', 'delete', '2020-01-01 00:00:00+00', 9)$$,
    'with records of the partition and its bounds'
);
SELECT ok(NOT kernel.is_partition_free('probe."old ""1"'), 'the rest of the partition waits');
SELECT kernel.release_hold(:line, 'closed');
SELECT ok(kernel.is_partition_free('probe."old ""1"'), 'until it is released, when the runner drops the partition');

-- What the owner can't see decides nothing: it would be taken for what is not there.
SET LOCAL ROLE strongroom_owner;
INSERT INTO probe.notes (user_id, id, at) VALUES (7, 7001, pg_temp.ago(150));
INSERT INTO probe.chats (id, on_day) VALUES (7001, '2020-01-01');
INSERT INTO probe."a""b;--" VALUES (gen_random_uuid(), 7001, now());
CREATE POLICY all_serving ON probe.users AS RESTRICTIVE TO strongroom_owner USING (kernel.is_serving());
SELECT is((SELECT p.problem FROM kernel.retention_preview('notes') AS p), NULL, 'the gate hides all rows together');
SET LOCAL quote_all_identifiers = on;
SELECT is((SELECT count(p.problem) FROM kernel.retention_preview() AS p), 0::bigint, 'however names are printed');
SELECT kernel.record_destruction('probe.notes', NULL, NULL, NULL, 0, NULL, 'a test') AS record \gset
SELECT is((SELECT d.relation_name FROM kernel.destruction_record AS d WHERE d.id = :record), 'probe.notes',
    'which the record prints in one way');
RESET quote_all_identifiers;
CREATE POLICY few ON probe.users AS RESTRICTIVE USING (keep_days < 100);
SELECT is(
    (SELECT p.problem FROM kernel.retention_preview('notes') AS p),
    'The owner has no policy for all rows of probe.users.', 'whose period can''t be seen is not taken for one without'
);
SELECT throws_ok($$SELECT kernel.apply_retention('notes')$$, 'KR030', NULL, 'so nothing goes by it');
DROP POLICY few ON probe.users;
CREATE POLICY few ON probe.users AS RESTRICTIVE TO tarot_app USING (keep_days < 100);
SELECT is((SELECT p.problem FROM kernel.retention_preview('notes') AS p), NULL, 'what is hidden from others is not asked');
DROP POLICY all_owner ON probe."a""b;--";
SELECT is(
    (SELECT p.problem FROM kernel.retention_preview('chats') AS p),
    'The owner has no policy for all rows of probe."a""b;--", which refers to it by "a""b;--_chat_fkey".',
    'nor is what refers and can''t be seen'
);
SELECT throws_ok($$SELECT kernel.apply_retention('chats')$$, 'KR030', NULL, 'which would go by CASCADE');
SELECT pg_temp.guard('probe."a""b;--"');
SELECT is((SELECT count(*) FROM probe."a""b;--" AS m WHERE m.chat = 7001), 1::bigint, 'and is there still');
DROP POLICY all_owner ON probe.notes;
CREATE POLICY all_owner ON probe.notes AS RESTRICTIVE TO strongroom_owner USING (true);
SELECT matches((SELECT p.problem FROM kernel.retention_preview('notes') AS p), '^Its owner has no policy for all rows',
    'a policy that only restricts shows nothing');
DROP POLICY all_owner ON probe.notes;
SELECT pg_temp.guard('probe.notes');

-- What is refused.
SELECT throws_ok(
    $$SELECT kernel.apply_retention('notes', 10, clock_timestamp() + interval '1 minute')$$, 'KR031', NULL,
    'a clock that is ahead of the server''s destroys nothing'
);
SELECT throws_ok(format('SELECT kernel.apply_retention(''notes'', 10, %s)', clock.now), 'KR031', NULL,
    'nor does ' || clock.now)
FROM (VALUES ($$'infinity'$$), ($$'-infinity'$$), ('NULL')) AS clock (now);
SELECT throws_ok(format('SELECT kernel.apply_retention(''notes'', %s)', size), '22023', NULL, 'no batch of ' || size)
FROM unnest('{0,-1,100001,NULL}'::text[]) AS size WHERE size IS NOT NULL;
SELECT throws_ok($$SELECT kernel.apply_retention('nothing')$$, 'KR032', NULL, 'an unknown policy is none');
SELECT throws_ok($$SELECT kernel.apply_retention(NULL::text)$$, 'KR032', NULL, 'nor is NULL');
SELECT throws_ok($$SELECT kernel.retention_preview('nothing')$$, 'KR032', NULL, 'there is no preview of it either');
DROP INDEX probe.notes_at_idx;
SELECT throws_ok($$SELECT kernel.apply_retention('notes')$$, 'KR030', NULL, 'a policy that has lost its index is refused');
SELECT matches(
    (SELECT p.problem FROM kernel.retention_preview('notes') AS p), '^No valid btree index', 'a preview says so'
);
SELECT is((SELECT c.level FROM kernel.check_retention_lag AS c WHERE c.metadata ->> 'policy' = 'notes'), 'ERROR',
    'and so does the check');

SELECT * FROM finish();
ROLLBACK;
