BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
SET LOCAL ROLE strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.notes (
    user_id bigint, id bigint, at timestamptz, PRIMARY KEY (user_id, id) INCLUDE (at)
);
CREATE TABLE probe."a""b;--" (id uuid PRIMARY KEY, "on ""x" text, user_id bigint);
CREATE TABLE probe.days (
    user_id bigint, "at ;" timestamptz, PRIMARY KEY (user_id, "at ;")
) PARTITION BY RANGE ("at ;");
CREATE TABLE probe.days_1 PARTITION OF probe.days FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
CREATE TABLE probe.days_2 PARTITION OF probe.days FOR VALUES FROM ('2020-02-01') TO ('2020-03-01');
CREATE TABLE probe.short (code varchar(4) PRIMARY KEY, at timestamptz);
INSERT INTO probe.short VALUES ('anna', now());
CREATE TABLE probe.plain (a integer);
CREATE VIEW probe.seen AS SELECT p.a FROM probe.plain AS p;
INSERT INTO probe.notes VALUES (1, 1, now()), (1, 2, now()), (2, 1, now());
INSERT INTO probe."a""b;--" VALUES ('c0ffee00-0000-4000-8000-000000000000', 'x', 1);
INSERT INTO probe.days VALUES (1, '2020-01-15 12:00+03'), (2, '2020-02-15'), (3, '2020-02-15');
RESET ROLE;
-- The runner may use no schema of an app, so it can't name their tables.
SELECT set_config('test.' || c.relname, c.oid::text, true)
FROM pg_class AS c WHERE c.relnamespace = 'probe'::regnamespace AND c.relname LIKE 'days%';

-- Placing.
SET LOCAL ROLE strongroom_runner;
SELECT lives_ok(
    $$SELECT kernel.place_hold('case 1', p_app => 'probe', p_subject => ' 0042 ')$$,
    'a person is put on hold'
);
SELECT results_eq(
    'SELECT h.subject, h.released_at FROM kernel.legal_hold AS h',
    $$VALUES ('42', NULL::timestamptz)$$,
    'under the id as the tables hold it'
);
SELECT results_eq(
    'SELECT h.placed_by, h.placed_as, h.placed_at = now() FROM kernel.legal_hold AS h',
    'SELECT session_user::text COLLATE "default", session_user::text COLLATE "default", true',
    'and it is kept who did it, and when'
);
SELECT set_config('kernel.actor', 'anna', true);
SELECT lives_ok(
    $$SELECT kernel.place_hold('case 2', p_table => 'probe.notes', p_row_key => '{"id": "02", "user_id": 1}')$$,
    'a row is put on hold'
);
SELECT results_eq(
    $$SELECT h.relation::text, h.row_key, h.placed_by FROM kernel.legal_hold AS h WHERE h.reason = 'case 2'$$,
    $$VALUES ('probe.notes', '{"id": "2", "user_id": "1"}'::jsonb, 'anna')$$,
    'by its key as text, by whom the transaction is for'
);
SELECT lives_ok(
    $$SELECT kernel.place_hold(
        'case 3', p_table => 'probe."a""b;--"', p_row_key => '{"id": "C0FFEE00-0000-4000-8000-000000000000"}'
    )$$,
    'names that need quotes are quoted'
);
SET LOCAL timezone = 'America/New_York';
SET LOCAL datestyle = 'German, DMY';
SELECT lives_ok(
    $$SELECT kernel.place_hold(
        'case 4', p_table => 'probe.days_1',
        p_row_key => '{"user_id": 1, "at ;": "2020-01-15T10:00:00+01"}'
    )$$,
    'a row of a partition is put on hold'
);
SELECT results_eq(
    $$SELECT h.relation::text, h.row_key FROM kernel.legal_hold AS h WHERE h.reason = 'case 4'$$,
    $$VALUES ('probe.days', '{"at ;": "2020-01-15 09:00:00+00", "user_id": "1"}'::jsonb)$$,
    'as a row of its root, whatever the settings of the session'
);
SELECT lives_ok(
    $$SELECT kernel.place_hold('case 5', p_table => 'probe.days_2', p_expires_at => now() + interval '1 year')$$,
    'a partition is put on hold, for a year'
);

-- What is refused.
SELECT throws_ok(format('SELECT kernel.place_hold(%s)', call.arguments), call.code, NULL, call.why)
FROM (
    VALUES
        ($$NULL, 'probe', '1'$$, 'KR041', 'no reason'),
        ($$' ', 'probe', '1'$$, 'KR041', 'a blank reason'),
        ($$repeat('x', 2001), 'probe', '1'$$, 'KR041', 'a reason without end'),
        ($$'why'$$, 'KR041', 'a hold on nothing'),
        ($$'why', 'probe'$$, 'KR041', 'an app without a person'),
        ($$'why', NULL, '1'$$, 'KR041', 'a person without an app'),
        ($$'why', 'probe', '1', 'probe.notes'$$, 'KR041', 'two things at once'),
        ($$'why', 'probe', '1', p_row_key => '{}'$$, 'KR041', 'a row of a person'),
        ($$'why', p_row_key => '{"id": 1}'$$, 'KR041', 'a row of no table'),
        ($$'why', 'nowhere', '1'$$, 'KR041', 'an app that does not exist'),
        ($$'why', 'probe', 'forty-two'$$, 'KR041', 'an id that can''t be one'),
        ($$'why', 'probe', '99999999999999999999'$$, 'KR041', 'an id that is too long'),
        ($$'why', p_table => 'probe.seen'$$, 'KR041', 'a view'),
        ($$'why', p_table => 'pg_catalog.pg_class'$$, 'KR041', 'a table of no app'),
        ($$'why', p_table => 'probe.nothing'$$, 'KR041', 'no table at all'),
        ($$'why', p_table => 'a.b.c'$$, 'KR041', 'a name of three parts'),
        ($$'why', p_table => 'a.b.c.d'$$, 'KR041', 'a name of too many parts'),
        ($$'why', p_table => '"'$$, 'KR041', 'what is no name'),
        ($$'why', p_table => 'probe.notes', p_row_key => '[1]'$$, 'KR041', 'a key that is no object'),
        ($$'why', p_table => 'probe.notes', p_row_key => '{"id": 1}'$$, 'KR041', 'half a key'),
        ($$'why', p_table => 'probe.notes', p_row_key => '{"id": 1, "user_id": 1, "at": 1}'$$, 'KR041',
            'more than a key'),
        ($$'why', p_table => 'probe.notes', p_row_key => '{"id": "one", "user_id": 1}'$$, 'KR041',
            'a value of another type'),
        ($$'why', p_table => 'probe.plain', p_row_key => '{"a": 1}'$$, 'KR041', 'a table without a key'),
        ($$'why', p_table => 'probe.short', p_row_key => '{"code": "anna42"}'$$, 'KR044',
            'a key that is longer than its column is no other row''s'),
        ($$'why', p_table => 'probe.notes', p_row_key => '{"id": 9, "user_id": 1}'$$, 'KR044',
            'a row that is not there'),
        ($$'why', p_table => 'probe.notes', p_row_key => '{"id": null, "user_id": 1}'$$, 'KR044',
            'a key of nothing'),
        ($$'why', 'probe', '1', p_expires_at => now()$$, 'KR041', 'a hold that has ended')
) AS call (arguments, code, why);

SELECT lives_ok(
    $$DO $do$
    BEGIN
        PERFORM kernel.place_hold('why', 'probe', 'forty-two');
    EXCEPTION WHEN SQLSTATE 'KR041' THEN
        ASSERT SQLERRM NOT LIKE '%forty%';
    END
    $do$ $$,
    'an error does not repeat the id'
);

-- Who is held.
SELECT ok(kernel.is_subject_pinned('probe', '42'), 'the person may not be destroyed');
SELECT ok(NOT kernel.is_subject_pinned('tarot', '42'), 'number 42 of another app is another person');
SELECT ok(NOT kernel.is_subject_pinned('probe', '1'), 'who has a row on hold is not held as a person');
SELECT results_eq(
    'SELECT p.app, p.subject FROM kernel.pinned_subject AS p', $$VALUES ('probe', '42')$$,
    'the view of pinned people has those on hold'
);

-- Releasing.
SELECT throws_ok('SELECT kernel.release_hold(-1, ''why'')', 'KR042', NULL, 'an unknown hold can''t be released');
SELECT throws_ok(
    format('SELECT kernel.release_hold(%s, %L)', h.id, ' '), 'KR041', NULL, 'nor one without a reason'
)
FROM kernel.legal_hold AS h WHERE h.reason = 'case 1';
SELECT lives_ok(format('SELECT kernel.release_hold(%s, ''closed'')', h.id), 'a hold is released')
FROM kernel.legal_hold AS h WHERE h.reason = 'case 1';
SELECT throws_ok(
    format('SELECT kernel.release_hold(%s, ''closed'')', h.id), 'KR043', NULL, 'a hold is released once'
)
FROM kernel.legal_hold AS h WHERE h.reason = 'case 1';
SELECT results_eq(
    $$SELECT h.released_by, h.released_as, h.release_reason, h.released_at >= h.placed_at
    FROM kernel.legal_hold AS h WHERE h.released_at IS NOT NULL$$,
    $$SELECT 'anna', session_user::text COLLATE "default", 'closed', true$$,
    'and it is kept who did it, when, and why'
);
SELECT ok(NOT kernel.is_subject_pinned('probe', '42'), 'then the person is held no more');

-- Expiring.
SELECT is(kernel.release_expired_holds(), 0::bigint, 'a hold that has time left stays');
SET LOCAL ROLE strongroom_owner;
INSERT INTO kernel.legal_hold (app, subject, reason, placed_by, placed_at, expires_at)
VALUES
    ('probe', '7', 'old', 'anna', now() - interval '2 days', now() - interval '1 day'),
    ('probe', '8', 'now', 'anna', now() - interval '2 days', now());
SET LOCAL ROLE strongroom_runner;
SELECT ok(kernel.is_subject_pinned('probe', '7'), 'an expired hold is in force until it is released');
SELECT is(kernel.release_expired_holds(), 2::bigint, 'expired holds are released');
SELECT is(kernel.release_expired_holds(), 0::bigint, 'once');
SELECT results_eq(
    $$SELECT h.reason, h.release_reason FROM kernel.legal_hold AS h WHERE h.release_reason = 'expired' ORDER BY 1$$,
    $$VALUES ('now', 'expired'), ('old', 'expired')$$,
    'for that they expired'
);

-- Partitions.
SELECT ok(NOT kernel.is_partition_free(NULL), 'what is not there may not be dropped');
SELECT ok(NOT kernel.is_partition_free(current_setting('test.days_1')::oid::regclass), 'a partition with a row on hold is not free');
SELECT ok(NOT kernel.is_partition_free(current_setting('test.days_2')::oid::regclass), 'nor is one on hold');
SELECT kernel.release_hold(h.id, 'closed') FROM kernel.legal_hold AS h WHERE h.released_at IS NULL;
SELECT ok(kernel.is_partition_free(current_setting('test.days_1')::oid::regclass), 'released, it is free');
SELECT ok(kernel.is_partition_free(current_setting('test.days_2')::oid::regclass), 'and so is the other');
SELECT kernel.place_hold('case 6', p_app => 'probe', p_subject => '1') AS hold \gset
SELECT ok(NOT kernel.is_partition_free(current_setting('test.days_1')::oid::regclass), 'a partition with a row of a held person is not free');
SELECT ok(kernel.is_partition_free(current_setting('test.days_2')::oid::regclass), 'one without is');
RESET ROLE;
ALTER TABLE probe.days DETACH PARTITION probe.days_1;
SET LOCAL ROLE strongroom_runner;
SELECT ok(NOT kernel.is_partition_free(current_setting('test.days_1')::oid::regclass, current_setting('test.days')::oid::regclass), 'nor is it free once detached');
SELECT kernel.release_hold(:hold, 'closed');
SELECT ok(kernel.is_partition_free(current_setting('test.days_1')::oid::regclass, current_setting('test.days')::oid::regclass), 'released, it is free there too');
SELECT kernel.place_hold('case 6', p_table => 'probe.days_1', p_row_key => '{"user_id": 1, "at ;": "2020-01-15 09:00+00"}') AS hold \gset
SELECT ok(NOT kernel.is_partition_free(current_setting('test.days_1')::oid::regclass, current_setting('test.days')::oid::regclass), 'a row that is held by the name of what was detached is kept');
RESET ROLE;
ALTER TABLE probe.days ATTACH PARTITION probe.days_1 FOR VALUES FROM ('2020-01-10') TO ('2020-01-20');
SELECT ok(NOT kernel.is_partition_free(current_setting('test.days_1')::oid::regclass), 'and when that table is a partition again');
SELECT ok(kernel.is_partition_free(current_setting('test.days_2')::oid::regclass), 'which is no hold on another');
ALTER TABLE probe.days DROP CONSTRAINT days_pkey, ADD COLUMN id bigint NOT NULL DEFAULT 1, ADD PRIMARY KEY (user_id, "at ;", id);
SELECT ok(NOT kernel.is_partition_free(current_setting('test.days_1')::oid::regclass), 'and when the table has got another key');
ALTER TABLE probe.days DROP COLUMN user_id;
SELECT ok(NOT kernel.is_partition_free(current_setting('test.days_1')::oid::regclass), 'or lost a column of that');
UPDATE probe.days SET "at ;" = '2020-01-16' WHERE "at ;" = '2020-01-15 12:00+03';
SELECT ok(kernel.is_partition_free(current_setting('test.days_1')::oid::regclass), 'but not for a row that the rest of the key tells apart');
ALTER TABLE probe.days RENAME COLUMN "at ;" TO "was ;";
SELECT ok(NOT kernel.is_partition_free(current_setting('test.days_1')::oid::regclass), 'nor where nothing of the key is left to tell by');
ALTER TABLE probe.days DETACH PARTITION probe.days_1;
SET LOCAL ROLE strongroom_runner;
SELECT kernel.release_hold(:hold, 'closed');
SELECT kernel.place_hold('case 7', p_table => 'probe.days');
SELECT ok(NOT kernel.is_partition_free(current_setting('test.days_1')::oid::regclass, current_setting('test.days')::oid::regclass), 'a table on hold holds what was detached');
SELECT ok(NOT kernel.is_partition_free(current_setting('test.days_2')::oid::regclass), 'and its partitions');

-- Tables of the kernel, where people of several apps have rows.
RESET ROLE;
CREATE TABLE kernel.probe_log (app text, subject text, at timestamptz, PRIMARY KEY (app, at)) PARTITION BY RANGE (at);
CREATE TABLE kernel.probe_log_1 PARTITION OF kernel.probe_log FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
CREATE TABLE kernel.probe_log_2 PARTITION OF kernel.probe_log FOR VALUES FROM ('2020-02-01') TO ('2020-03-01');
ALTER TABLE kernel.probe_log OWNER TO strongroom_owner;
ALTER TABLE kernel.probe_log_1 OWNER TO strongroom_owner;
ALTER TABLE kernel.probe_log_2 OWNER TO strongroom_owner;
INSERT INTO kernel.probe_log VALUES ('probe', '1', '2020-01-15'), ('tarot', '1', '2020-02-15'), ('probe', '["11", "2"]', '2020-02-16');
SELECT kernel.place_hold('case 8', p_app => 'probe', p_subject => '1') AS hold \gset
SELECT ok(NOT kernel.is_partition_free('kernel.probe_log_1'), 'a log about a held person is kept too');
SELECT ok(kernel.is_partition_free('kernel.probe_log_2'), 'but not that about person 1 of another app');
SELECT kernel.place_hold('case 9', p_app => 'probe', p_subject => '2') AS other \gset
SELECT ok(NOT kernel.is_partition_free('kernel.probe_log_2'), 'a row of two people is kept for the second of them');
SELECT kernel.release_hold(:other, 'closed');
SELECT ok(kernel.is_subject_held('probe', '1'), 'the person is held');
SELECT ok(NOT kernel.is_subject_held('tarot', '1'), 'and not who has the same id in another app');
SELECT throws_ok(
    format('SELECT kernel.release_hold(%s, repeat(%L, %s))', :hold, 'x', n.length), 'KR041', NULL,
    format('no release with a reason of %s letters', n.length)
)
FROM (VALUES (0), (2001)) AS n (length);
SELECT lives_ok(format('SELECT kernel.release_hold(%s, repeat(%L, 2000))', :hold, 'x'), 'one of 2000 is short enough');

-- What nobody can do.
SET LOCAL ROLE strongroom_owner;
SELECT throws_ok(change.statement, 'KR040', NULL, change.why)
FROM (
    VALUES
        ($$UPDATE kernel.legal_hold SET reason = 'another'$$, 'a hold is not rewritten'),
        ($$UPDATE kernel.legal_hold SET released_at = NULL, released_by = NULL, released_as = NULL,
            release_reason = NULL WHERE released_at IS NOT NULL$$, 'nor put in force again'),
        ($$UPDATE kernel.legal_hold SET expires_at = now() + interval '9 years' WHERE released_at IS NULL$$,
            'nor made longer'),
        ('DELETE FROM kernel.legal_hold', 'nor removed'),
        ('TRUNCATE kernel.legal_hold', 'nor cleared away')
) AS change (statement, why);
SELECT throws_ok(
    $$INSERT INTO kernel.legal_hold (app, subject, relation, reason, placed_by)
    VALUES ('probe', '1', 'probe.notes', 'why', 'anna')$$,
    '23514', NULL, 'the owner can''t write a hold on two things either'
);

-- Who may do what.
RESET ROLE;
SELECT throws_ok(
    format('SET LOCAL ROLE %s; %s', reader.role, attempt.statement), '42501', NULL,
    format('%s can''t: %s', reader.role, attempt.statement)
)
FROM (
    VALUES ('strongroom_client'), ('strongroom_login'), ('tarot_app'), ('tarot_worker'), ('tarot_definer')
) AS reader (role)
CROSS JOIN (
    VALUES
        ('SELECT FROM kernel.legal_hold'), ('SELECT FROM kernel.pinned_subject'),
        ($$SELECT kernel.place_hold('why', 'probe', '1')$$), ($$SELECT kernel.release_hold(1, 'why')$$),
        ('SELECT kernel.release_expired_holds()'), ($$SELECT kernel.is_subject_pinned('probe', '1')$$),
        ($$SELECT kernel.is_partition_free(current_setting('test.days')::oid::regclass)$$), ('SELECT kernel.lock_pins()')
) AS attempt (statement);
SELECT throws_ok(
    format('SET LOCAL ROLE strongroom_runner; %s', attempt.statement), '42501', NULL,
    format('the runner can''t: %s', attempt.statement)
)
FROM (
    VALUES
        ($$INSERT INTO kernel.legal_hold (app, subject, reason, placed_by) VALUES ('probe', '1', 'x', 'y')$$),
        ('UPDATE kernel.legal_hold SET released_at = now()'), ('DELETE FROM kernel.legal_hold'),
        ('TRUNCATE kernel.legal_hold'), ('SELECT kernel.lock_pins()')
) AS attempt (statement);

SELECT * FROM finish();
ROLLBACK;
