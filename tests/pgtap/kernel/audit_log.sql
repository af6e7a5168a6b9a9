BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

-- The rows that apps ship with have entries of their own.
SET LOCAL session_replication_role = replica;
DELETE FROM kernel.audit_inbox;
SET LOCAL session_replication_role = origin;

-- Who may do what.
SELECT throws_ok(
    format('SET LOCAL ROLE %I; %s', r.role, format(c.statement, t.name)), '42501', NULL,
    format('%s may not: %s', r.role, format(c.statement, t.name))
)
FROM unnest(ARRAY['tarot_app', 'tarot_worker', 'tarot_analyst', 'strongroom_client', 'strongroom_login']) AS r (role)
CROSS JOIN unnest(ARRAY['audit_log', 'audit_inbox', 'audit_seal', 'audit_shape', 'audit_salt', 'audit_entries']) AS t (name)
JOIN unnest(ARRAY['SELECT FROM kernel.%I', 'DELETE FROM kernel.%I']) AS c (statement)
    ON t.name <> 'audit_entries' OR c.statement LIKE 'SELECT%';
SELECT throws_ok(
    format('SET LOCAL ROLE %I; %s', w.role, w.statement), '42501', NULL, format('%s may not: %s', w.role, w.statement)
)
FROM (
    VALUES
        ('strongroom_auditor', 'SELECT l.opening FROM kernel.audit_log AS l'),
        ('strongroom_auditor', 'SELECT i.opening FROM kernel.audit_inbox AS i'),
        ('strongroom_auditor', 'SELECT FROM kernel.audit_salt'),
        ('strongroom_auditor', 'DELETE FROM kernel.audit_log'),
        ('strongroom_auditor', 'UPDATE kernel.audit_inbox SET actor = NULL'),
        ('strongroom_auditor', 'SELECT kernel.seal_audit()'),
        ('strongroom_auditor', $$SELECT kernel.erase_audit('tarot', '1')$$),
        ('strongroom_runner', 'SELECT i.subject FROM kernel.audit_inbox AS i'),
        ('strongroom_runner', 'SELECT FROM kernel.audit_log'),
        ('strongroom_runner', 'DELETE FROM kernel.audit_inbox'),
        ('strongroom_runner', 'UPDATE kernel.audit_seal SET root = NULL'),
        ('strongroom_definer', 'DELETE FROM kernel.audit_inbox'),
        ('strongroom_definer', 'UPDATE kernel.audit_inbox SET actor = NULL'),
        ('strongroom_definer', 'SELECT FROM kernel.audit_inbox'),
        ('strongroom_definer', 'DELETE FROM kernel.audit_log'),
        ('strongroom_definer', 'UPDATE kernel.audit_log SET opening = NULL'),
        ('strongroom_definer', $$INSERT INTO kernel.audit_seal SELECT * FROM kernel.audit_seal$$),
        ('tarot_app', 'SELECT kernel.seal_audit()'), ('tarot_worker', 'SELECT kernel.verify_audit()'),
        ('tarot_app', $$SELECT kernel.audit_changes('tarot.users')$$),
        ('tarot_worker', $$SELECT kernel.erase_audit('tarot', '1')$$)
) AS w (role, statement);
SET LOCAL ROLE strongroom_owner;
SELECT throws_ok(s.statement, 'KR020', NULL, 'append only even for the owner: ' || s.statement)
FROM (
    VALUES
        ('DELETE FROM kernel.audit_log'), ('TRUNCATE kernel.audit_log'), ('TRUNCATE kernel.audit_inbox'),
        ('UPDATE kernel.audit_log SET at = now()'), ($$UPDATE kernel.audit_log SET old = '{}'$$),
        ('UPDATE kernel.audit_inbox SET key = NULL'), ('DELETE FROM kernel.audit_seal'),
        ('UPDATE kernel.audit_seal SET batch = 1'), ('TRUNCATE kernel.audit_seal'), ('DELETE FROM kernel.audit_shape')
) AS s (statement);
RESET ROLE;

-- The tree of RFC 6962, by hand.
SELECT is(kernel.merkle_root(''), ''::bytea, 'nothing has no root');
SELECT is(kernel.merkle_root(sha256('a')), sha256('a'), 'a leaf is its own root');
SELECT is(
    kernel.merkle_root(sha256('a') || sha256('b') || sha256('c')),
    sha256('\x01' || sha256('\x01' || sha256('a') || sha256('b')) || sha256('c')), 'three leaves have two nodes'
);

-- A table of the test's own.
CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
SET LOCAL ROLE strongroom_owner;
CREATE TABLE probe.people (id bigint PRIMARY KEY, tier text, name text);
COMMENT ON COLUMN probe.people.id IS E'Id.\n@internal\n@subject';
COMMENT ON COLUMN probe.people.tier IS E'Tier.\n@internal';
COMMENT ON COLUMN probe.people.name IS E'Name.\n@personal identifier\n@erase null';
CREATE TABLE probe.pairs (a bigint, b bigint, kiss text, PRIMARY KEY (a, b));
COMMENT ON COLUMN probe.pairs.a IS E'One.\n@internal\n@subject';
COMMENT ON COLUMN probe.pairs.b IS E'Other.\n@internal\n@subject';
COMMENT ON COLUMN probe.pairs.kiss IS E'Kiss.\n@personal content\n@erase null';
SELECT kernel.enable_audit('probe.people'), kernel.enable_audit('probe.pairs');
INSERT INTO probe.people VALUES (1, 'basic', 'Anna'), (2, 'basic', 'Ben');
UPDATE probe.people SET tier = 'gold' WHERE id = 1;
UPDATE probe.people SET name = 'Anne' WHERE id = 1;
UPDATE probe.people SET name = 'Anne' WHERE id = 1;
INSERT INTO probe.pairs VALUES (1, 2, 'x');
UPDATE probe.pairs SET kiss = 'y';

-- Readings of personal data.
SET LOCAL ROLE strongroom_runner;
SELECT set_config('kernel.actor', '', true), set_config('kernel.app', '', true);
SELECT throws_ok($$SELECT kernel.log_access('1', 'view_profile', '{}', 'probe')$$, 'KR024', NULL, '[P-24] who reads is said');
SELECT set_config('kernel.actor', 'staff:9', true);
SELECT throws_ok(format('SELECT kernel.log_access(%s)', wrong.arguments), 'KR024', NULL, wrong.why)
FROM (
    VALUES
        ($$'1', 'view_profile'$$, 'an access is in an app'),
        ($$NULL, 'view_profile', '{}', 'probe'$$, '[P-24] on whom is said'),
        ($$'', 'view_profile', '{}', 'probe'$$, '[P-24] on whom is not empty'),
        ($$'1', NULL, '{}', 'probe'$$, '[P-24] the action is said'),
        ($$'1', 'looked at Anna', '{}', 'probe'$$, 'an action is a word'),
        ($$'1', 'view_profile', '{people.name,"Anna Smith"}', 'probe'$$, '[P-F19] details are names of columns'),
        ($$'1', 'view_profile', '{people.name,NULL}', 'probe'$$, 'each has a name'),
        ($$'1', 'view_profile', NULL, 'probe'$$, 'no list is no list'),
        ($$'1', 'view_profile', array_fill('a'::text, ARRAY[1601]), 'probe'$$, 'no table has so many columns'),
        ($$'1', 'view_profile', '{}', 'nowhere'$$, 'an access is in an app that there is')
) AS wrong (arguments, why);
SELECT set_config('kernel.actor', repeat('x', 201), true);
SELECT throws_ok(
    $$SELECT kernel.log_access('1', 'view_profile', '{}', 'probe')$$, 'KR024', NULL,
    'an actor fits into the index of the log, or it would stop every seal'
);
SELECT set_config('kernel.actor', 'staff:9', true), set_config('kernel.request_id', repeat('x', 201), true);
SELECT throws_ok(
    $$SELECT kernel.log_access('1', 'view_profile', '{}', 'probe')$$, 'KR024', NULL, 'a request id is no essay'
);
SELECT set_config('kernel.request_id', '', true);
SELECT lives_ok($$SELECT kernel.log_access('1', 'view_profile', '{people.name,tier}', 'probe')$$, '[P-24] an access is written down');
SET LOCAL ROLE tarot_worker;
SELECT set_config('kernel.app', 'tarot', true), set_config('kernel.request_id', 'r-9', true);
SELECT lives_ok($$SELECT kernel.log_access('5', 'export_data')$$, '[P-24] by an app as well');
SELECT throws_ok(
    $$SELECT kernel.log_access('5', 'export_data', '{}', 'probe')$$, 'KR024', NULL,
    'an app writes down nothing in the name of another'
);
SET LOCAL ROLE strongroom_auditor;
SELECT results_eq(
    $$SELECT app, operation, subject, actor, role, request_id, details, old FROM kernel.audit_entries
    WHERE operation = 'ACCESS' ORDER BY id$$,
    $$VALUES
        ('probe', 'ACCESS', '1', 'staff:9', 'strongroom_runner', NULL,
            '{"action": "view_profile", "columns": ["people.name", "tier"]}'::jsonb, NULL::jsonb),
        ('tarot', 'ACCESS', '5', 'staff:9', 'tarot_worker', 'r-9', '{"action": "export_data", "columns": []}', NULL)$$,
    '[P-15] [P-29] who, on whom, action, details, when: the auditor reads it'
);

-- Seals.
SET LOCAL ROLE strongroom_runner;
SELECT is_empty('SELECT * FROM kernel.export_audit_root()', 'nothing is sealed');
SELECT is_empty('SELECT * FROM kernel.verify_audit()', 'and nothing is wrong');
SELECT is(kernel.seal_audit(), 9::bigint, 'what waits is sealed');
SELECT is(kernel.seal_audit(), 0::bigint, 'then nothing is left');
SELECT is((SELECT count(*) FROM kernel.audit_inbox), 0::bigint, 'and nothing waits');
SELECT is((SELECT s.system_identifier FROM kernel.export_audit_root() AS s),
    (SELECT c.system_identifier FROM pg_control_system() AS c), 'the seal names the server');
SELECT is_empty('SELECT * FROM kernel.verify_audit()', 'the seal verifies');
SELECT is_empty('SELECT * FROM kernel.verify_audit(1, 1, (SELECT e.chain FROM kernel.export_audit_root() AS e))',
    'and is the one that was exported');
SELECT results_eq($$SELECT * FROM kernel.verify_audit(1, 1, repeat('0', 64))$$,
    $$VALUES (1::bigint, 'its seal is not the one that was exported; it or one before it was made anew')$$,
    'another one is not');
SELECT results_eq('SELECT * FROM kernel.verify_audit(1, 2)', $$VALUES (2::bigint, 'its seal is missing')$$,
    'a seal that was there once is missed');
SELECT throws_ok(format('SELECT * FROM kernel.verify_audit(%s)', range.arguments), 'KR025', NULL, range.arguments || ' is no range')
FROM (VALUES ('0'), ('NULL'), ('2, 1'), ($$1, NULL, 'aa'$$)) AS range (arguments);

-- What became of the rows.
SELECT results_eq(
    $$SELECT operation, key, old, new, changed, is_erased FROM kernel.audit_changes('probe.people')$$,
    $$VALUES
        ('INSERT', '1', NULL::jsonb, '{"tier": "basic"}'::jsonb, NULL::text[], false),
        ('INSERT', '2', NULL, '{"tier": "basic"}', NULL, false),
        ('UPDATE', '1', '{"tier": "basic"}', '{"tier": "gold"}', ARRAY['tier'], false),
        ('UPDATE', '1', '{"tier": "gold"}', '{"tier": "gold"}', ARRAY['name'], false),
        ('UPDATE', '1', '{"tier": "gold"}', '{"tier": "gold"}', '{}', false)$$,
    '[C-41] [P-F19] changes: values that are not personal, and the names of all columns that changed'
);
SELECT is((SELECT count(*) FROM kernel.audit_changes('probe.people', '2')), 1::bigint, 'of one row');
SELECT is((SELECT count(*) FROM kernel.audit_changes('probe.pairs', '["1", "2"]')), 2::bigint, 'with a key of two columns');
SELECT is((SELECT count(*) FROM kernel.audit_changes('probe.people', '1', p_to => now())), 0::bigint, 'before a time');
SELECT throws_ok(format('SELECT * FROM kernel.audit_changes(%L)', no.such), 'KR025', NULL, coalesce(no.such, 'NULL') || ' is no table')
FROM (VALUES ('probe.nothing'), (NULL), ('kernel.audit_entries')) AS no (such);
SELECT throws_ok($$SELECT * FROM kernel.audit_changes('pg_authid', '1')$$, 'KR025', NULL, 'a table of no app is none');
SELECT throws_ok(
    $$SELECT * FROM kernel.audit_changes('probe.people', 'forty-two')$$, 'KR025', 'this is no key of probe.people',
    'a key that can''t be one is refused, and not repeated'
);

-- Erasure.
SELECT set_config('test.hold', kernel.place_hold('court', 'probe', '1')::text, true);
SELECT throws_ok($$SELECT kernel.erase_audit('probe', '1')$$, 'KR026', NULL, 'who is held is not forgotten');
SELECT kernel.release_hold(current_setting('test.hold')::bigint, 'over');
SELECT is(kernel.erase_audit('probe', '1'), 4::bigint, '[X-3] what was personal goes, of rows of two people as well');
SELECT is(kernel.erase_audit('probe', '1'), 0::bigint, 'once');
SELECT is_empty('SELECT * FROM kernel.verify_audit(1, 1, (SELECT e.chain FROM kernel.export_audit_root() AS e))',
    '[X-3] and is no break');
SELECT results_eq(
    $$SELECT operation, old, new, changed, is_erased FROM kernel.audit_changes('probe.people', '1') WHERE operation = 'UPDATE'$$,
    $$VALUES
        ('UPDATE', '{"tier": "basic"}'::jsonb, '{"tier": "gold"}'::jsonb, ARRAY['tier'], true),
        ('UPDATE', '{"tier": "gold"}', '{"tier": "gold"}', '{}', true),
        ('UPDATE', '{"tier": "gold"}', '{"tier": "gold"}', '{}', true)$$,
    'what stays is that something changed, and what was not personal'
);
SELECT throws_ok($$SELECT kernel.erase_audit('probe', 'x')$$, 'KR041', NULL, 'an id that is none is refused');
SELECT throws_ok($$SELECT kernel.erase_audit('nowhere', '1')$$, 'KR041', NULL, 'an app that is none too');
RESET ROLE;
SELECT is((SELECT count(*) FROM kernel.audit_log AS l WHERE l.opening IS NOT NULL), 0::bigint, 'nobody else had any');
UPDATE probe.people SET name = 'B' WHERE id = 2;
SELECT is(kernel.erase_audit('probe', '2'), 1::bigint, 'what waits for its seal is erased too');
SELECT is(kernel.seal_audit(), 1::bigint, 'and sealed as it is');
SELECT is_empty('SELECT * FROM kernel.verify_audit()', 'under a chain of two');

-- Each kind of tampering, by a superuser whom no trigger stops.
SET LOCAL session_replication_role = replica;
CREATE FUNCTION pg_temp.tamper(p_statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_found text;
BEGIN
    EXECUTE p_statement;
    SELECT v.batch || ': ' || v.problem INTO v_found FROM kernel.verify_audit() AS v;
    RAISE EXCEPTION USING ERRCODE = 'ZZ999', MESSAGE = coalesce(v_found, 'nothing');
EXCEPTION WHEN SQLSTATE 'ZZ999' THEN RETURN SQLERRM;
END $$;
SELECT is(pg_temp.tamper('UPDATE kernel.audit_log SET ' || edit.change || ' WHERE batch = 1 AND id = (SELECT min(id) FROM kernel.audit_log)'),
    '1: an entry was changed or exchanged', 'found: ' || edit.change)
FROM (
    VALUES
        ('id = -1'), ($$at = at + '1 microsecond'$$), ($$transaction_id = '9'$$), ($$app = 'x'$$), ($$relation = NULL$$),
        ('shape_id = 0'), ($$operation = 'DELETE'$$), ($$key = '9'$$), ($$subject = '9'$$), ($$actor = ''$$),
        ($$role = 'tarot_app'$$), ($$request_id = ''$$), ($$old = 'null'$$), ($$details = '{}'$$), ($$opening = ''$$),
        ($$commitment = sha256('')$$)
) AS edit (change);
SELECT is(pg_temp.tamper($$UPDATE kernel.audit_log SET opening = 'x' WHERE id = (SELECT min(l.id) FROM kernel.audit_log AS l) + 2$$),
    '1: an entry was changed or exchanged', 'an opening beside its commitment is found');
SELECT is(pg_temp.tamper('DELETE FROM kernel.audit_log WHERE id = (SELECT min(l.id) FROM kernel.audit_log AS l)'),
    '1: it has 8 entries, and was sealed with 9', 'a removed entry is found');
SELECT is(pg_temp.tamper($$INSERT INTO kernel.audit_log (batch, id, at, transaction_id, app, operation, role)
    VALUES (1, 99, now() + '1 month', '1', 'x', 'ACCESS', 'x')$$),
    '1: it has 10 entries, and was sealed with 9', 'an inserted one is, in whatever partition');
SELECT is(pg_temp.tamper(format($$INSERT INTO kernel.audit_log (batch, id, at, transaction_id, app, operation, role)
    VALUES (%s, 99, now(), '1', 'x', 'ACCESS', 'x')$$, n.batch)),
    n.batch || ': it has entries and no seal', 'and in whatever batch')
FROM (VALUES (0), (7)) AS n (batch);
SELECT is(pg_temp.tamper(format('UPDATE kernel.audit_log SET id = -1 WHERE id = %1$s;
    UPDATE kernel.audit_log SET id = %1$s WHERE id = %1$s + 1; UPDATE kernel.audit_log SET id = %1$s + 1 WHERE id = -1',
    (SELECT min(l.id) FROM kernel.audit_log AS l))),
    '1: an entry was changed or exchanged', 'two that change places are found');
SELECT is(pg_temp.tamper('DELETE FROM kernel.audit_seal WHERE batch = 1'),
    '1: its seal is missing; the next one is of batch 2', 'a removed seal is found');
SELECT is(pg_temp.tamper($$UPDATE kernel.audit_seal SET sealed_at = sealed_at - '1 day'::interval WHERE batch = 1$$),
    '1: its seal was changed, or the one before it', 'a changed one is');
SELECT is(pg_temp.tamper('DELETE FROM kernel.audit_seal WHERE batch = 2; DELETE FROM kernel.audit_log WHERE batch = 2'),
    'nothing', 'the newest seal and its entries go unseen without an exported root');
DELETE FROM kernel.audit_seal WHERE batch = 2;
SELECT results_eq('SELECT batch FROM kernel.verify_audit(1, 2)', ARRAY[2::bigint], 'and not with it');

SELECT * FROM finish();
ROLLBACK;
