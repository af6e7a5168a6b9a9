BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
CREATE TABLE probe."a""b" (id integer) PARTITION BY RANGE (id);
CREATE TABLE probe."a""b 1" PARTITION OF probe."a""b" FOR VALUES FROM (1) TO (9);

-- The runner may use no schema of an app, so it can't name their tables.
SELECT set_config('test.root', 'probe."a""b"'::regclass::oid::text, true);
SELECT set_config('test.part', 'probe."a""b 1"'::regclass::oid::text, true);

SET LOCAL ROLE strongroom_runner;
SELECT set_config('kernel.actor', 'nightly', true);
SELECT lives_ok(
    $$SELECT kernel.record_destruction(
        current_setting('test.root')::oid::regclass, current_setting('test.part')::oid::regclass, '1', '9', 7, sha256('x'), 'expired')$$,
    'what is destroyed is written down'
);
SELECT results_eq(
    $$SELECT d.relation_name, d.partition_name, d.action, d.bounds_from, d.bounds_to, d.row_count, d.digest,
        d.reason, d.recorded_by, d.recorded_as, d.recorded_at = now()
    FROM kernel.destruction_record AS d$$,
    $$SELECT 'probe."a""b"', 'probe."a""b 1"', 'drop', '1', '9', 7::bigint, sha256('x'), 'expired', 'nightly',
        session_user::text COLLATE "default", true$$,
    'with table, bounds, count, digest, why, who and when'
);
SELECT lives_ok(
    $$SELECT kernel.record_destruction(current_setting('test.root')::oid::regclass, NULL, NULL, NULL, 0, NULL, 'asked', 'delete', 'old_notes')$$,
    'bounds and digest may be unknown'
);
SELECT throws_ok(format('SELECT kernel.record_destruction(%s)', call.arguments), call.code, NULL, call.why)
FROM (
    VALUES
        ($$NULL, NULL, '1', '2', 1, NULL, 'why'$$, '23502', 'a record names its table'),
        ($$current_setting('test.root')::oid::regclass, NULL, '1', '2', NULL, NULL, 'why'$$, '23502', 'and counts'),
        ($$current_setting('test.root')::oid::regclass, NULL, '1', '2', -1, NULL, 'why'$$, '23514', 'from zero'),
        ($$current_setting('test.root')::oid::regclass, NULL, '1', '2', 1, 'short', 'why'$$, '23514', 'a digest is a SHA-256'),
        ($$current_setting('test.root')::oid::regclass, NULL, '1', '2', 1, NULL, ''$$, '23514', 'there is a reason'),
        ($$current_setting('test.root')::oid::regclass, NULL, '1', '2', 1, NULL, 'why', 'burn'$$, '23514', 'and a known action')
) AS call (arguments, code, why);

SET LOCAL ROLE strongroom_owner;
SELECT throws_ok(
    format('%s kernel.destruction_record %s', change.verb, change.rest), 'KR040', NULL,
    format('not even the owner can %s a record', lower(change.verb))
)
FROM (VALUES ('UPDATE', 'SET row_count = 1'), ('DELETE FROM', ''), ('TRUNCATE', '')) AS change (verb, rest);

RESET ROLE;
SELECT throws_ok(
    format('SET LOCAL ROLE %s; %s', reader.role, attempt.statement), '42501', NULL,
    format('%s can''t: %s', reader.role, attempt.statement)
)
FROM (VALUES ('strongroom_client'), ('strongroom_login'), ('tarot_app'), ('tarot_worker')) AS reader (role)
CROSS JOIN (
    VALUES
        ('SELECT FROM kernel.destruction_record'),
        ($$SELECT kernel.record_destruction(current_setting('test.root')::oid::regclass, NULL, '1', '2', 1, NULL, 'why')$$)
) AS attempt (statement);
SELECT throws_ok(
    'SET LOCAL ROLE strongroom_runner; ' || attempt.statement, '42501', NULL,
    'the runner can''t: ' || attempt.statement
)
FROM (
    VALUES
        ('DELETE FROM kernel.destruction_record'), ('UPDATE kernel.destruction_record SET row_count = 1'),
        ($$INSERT INTO kernel.destruction_record (relation_name, action, row_count, reason, recorded_by)
        VALUES ('x', 'drop', 1, 'x', 'x')$$)
) AS attempt (statement);

SELECT * FROM finish();
ROLLBACK;
