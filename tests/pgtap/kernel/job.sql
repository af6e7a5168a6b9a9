BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(73);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
GRANT USAGE ON SCHEMA probe TO strongroom_runner, strongroom_owner;
CREATE SCHEMA "closed b;--";
COMMENT ON SCHEMA "closed b;--" IS E'Another app.\n@app';
GRANT USAGE ON SCHEMA "closed b;--" TO strongroom_owner;
CREATE SCHEMA stray;
GRANT USAGE ON SCHEMA stray TO strongroom_owner;

CREATE TABLE probe.work (id integer GENERATED ALWAYS AS IDENTITY, by text, of text);
CREATE FUNCTION probe.work() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO probe.work (by, of) VALUES (session_user, kernel.actor());
    RETURN CASE WHEN (SELECT count(*) FROM probe.work) < 3 THEN 5 ELSE 0 END;
END $$;
CREATE FUNCTION probe.fail() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO probe.work (by) VALUES ('fail');
    RAISE EXCEPTION USING ERRCODE = 'XY123', MESSAGE = 'Anna failed';
END $$;
CREATE FUNCTION probe.unknown() RETURNS bigint LANGUAGE sql RETURN NULL::bigint;
CREATE FUNCTION probe.cancel() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'query_canceled', MESSAGE = 'canceled';
END $$;
CREATE FUNCTION probe."one'; a""b;--"() RETURNS bigint LANGUAGE sql RETURN 0::bigint;
CREATE FUNCTION probe.endless() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_sleep(0.06);
    RETURN 1;
END $$;
CREATE FUNCTION probe.takes(integer DEFAULT 1) RETURNS bigint LANGUAGE sql RETURN 0::bigint;
CREATE FUNCTION probe.returns_integer() RETURNS integer LANGUAGE sql RETURN 0;
CREATE FUNCTION probe.returns_set() RETURNS SETOF bigint LANGUAGE sql AS 'SELECT 1::bigint';
CREATE PROCEDURE probe.procedure() LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION probe.refused() RETURNS bigint LANGUAGE sql RETURN 0::bigint;
REVOKE EXECUTE ON FUNCTION probe.refused() FROM PUBLIC;
CREATE FUNCTION "closed b;--".work() RETURNS bigint LANGUAGE sql RETURN 0::bigint;
CREATE FUNCTION stray.work() RETURNS bigint LANGUAGE sql RETURN 0::bigint;

-- Only what is tested is due.
UPDATE kernel.job SET is_enabled = false;
CREATE FUNCTION pg_temp.register(p_name text, p_function text, p_priority integer DEFAULT 100)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO kernel.job (name, function_name, schedule, priority, next_due_at)
    VALUES (p_name, p_function, '1 hour', p_priority, now() - interval '90 minutes')
$$;
GRANT USAGE ON SCHEMA pgtap TO strongroom_runner;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pgtap TO strongroom_runner;

-- The table refuses what can't be meant.
SELECT throws_ok(format('SELECT pg_temp.register(%L, %L)', 'a b', 'probe.work()'), '23514', NULL,
    'a name is a plain word');
SELECT throws_ok($$SELECT pg_temp.register('a', 'probe.work')$$, '23514', NULL,
    'a function is written with its parentheses');
SELECT throws_ok($$SELECT pg_temp.register('a', 'work()')$$, '23514', NULL, 'and with its schema');
SELECT throws_ok($$SELECT pg_temp.register('a', 'probe.work(); DROP TABLE probe.work; --()')$$,
    '22023', NULL, 'and nothing besides');
SELECT throws_ok($$UPDATE kernel.job SET schedule = '0'$$, '23514', NULL, 'a schedule takes time');
SELECT throws_ok($$UPDATE kernel.job SET schedule = '1 month'$$, '23514', NULL,
    'a month has no length');
SELECT throws_ok($$UPDATE kernel.job SET schedule = '-1 day'$$, '23514', NULL,
    'time does not go back');
SELECT throws_ok($$UPDATE kernel.job SET timeout = '0'$$, '23514', NULL,
    'a job without a timeout would be without an end');
SELECT throws_ok($$UPDATE kernel.job SET keep_runs = '0'$$, '23514', NULL,
    'some history is kept');
SELECT throws_ok($$UPDATE kernel.job SET next_due_at = 'infinity'$$, '23514', NULL,
    'a job that is not to run is disabled');

-- What can be run.
SELECT is(kernel.job_problem('probe.work()'), NULL, 'a function that is a job');
SELECT is(kernel.job_problem('probe.nothing()'), 'there is no such function', 'one that is not there');
SELECT is(kernel.job_problem('probe.takes()'), 'there is no such function', 'one with a default');
SELECT is(kernel.job_problem('probe.returns_integer()'), 'it does not return one bigint', 'an integer');
SELECT is(kernel.job_problem('probe.returns_set()'), 'it does not return one bigint', 'a set');
SELECT is(kernel.job_problem('probe.procedure()'), 'it does not return one bigint', 'a procedure');
SELECT is(kernel.job_problem('probe.refused()'), 'strongroom_runner may not call it', 'a refused one');
SELECT is(kernel.job_problem('"closed b;--".work()'), 'strongroom_runner may not use its schema',
    'one in a schema that the runner may not use');
SELECT is(kernel.job_problem('stray.work()'),
    'it is in a schema that is neither the kernel''s nor an app''s', 'one of a stranger');
SELECT throws_ok($$SELECT kernel.job_function('nobody')$$, 'KR061', NULL, 'an unknown job');
SELECT throws_ok($$SELECT kernel.begin_job_run('nobody')$$, 'KR061', NULL, 'which nobody begins');

-- When it is due.
SELECT is(kernel.next_due('2026-01-01 00:00+0', '1 hour', '2026-01-01 00:00+0'),
    '2026-01-01 01:00+0'::timestamptz, 'the next time is a schedule later');
SELECT is(kernel.next_due('2026-01-01 00:00+0', '1 hour', '2026-01-03 05:59:59.9+0'),
    '2026-01-03 06:00+0'::timestamptz, 'a late run does not shift the next, nor are runs made up for');
SELECT is(kernel.next_due('2026-01-01 00:00+0', '1 hour', '2026-01-03 06:00+0'),
    '2026-01-03 07:00+0'::timestamptz, 'the next time is later than now');
SELECT is(kernel.next_due('2026-01-01 00:00+0', '1 hour', '2025-01-01 00:00+0'),
    '2026-01-01 00:00+0'::timestamptz, 'a run out of turn leaves the next where it is');
SET LOCAL TimeZone = 'Europe/Berlin';
SELECT is(kernel.next_due('2026-03-28 12:00+1', '1 day', '2026-03-29 10:00+2'),
    '2026-03-29 12:00+1'::timestamptz, 'a day is 24 hours when clocks change, too');
SET LOCAL TimeZone = 'UTC';

-- One run.
SELECT pg_temp.register('work', 'probe.work()');
SELECT lives_ok('SELECT kernel.begin_job_run(''work'')', 'a due job begins');
SELECT is((SELECT next_due_at FROM kernel.job WHERE name = 'work'), now() + interval '30 minutes',
    'its next time is in its rhythm');
SELECT is(kernel.begin_job_run('work'), NULL, 'what is not due does not begin');
SELECT throws_ok(
    $$INSERT INTO kernel.job_run (job, begun_at, last_batch_at) VALUES ('work', now(), now())$$,
    '23505', NULL, 'no job has two open runs');
SELECT is(kernel.run_job_batch((SELECT max(id) FROM kernel.job_run)), 5::bigint,
    'a batch says how much it did');
SELECT is((SELECT of FROM probe.work), 'job work', 'the actor is the job');
SELECT is((SELECT row(r.batches, r.done, r.outcome)::text FROM kernel.job_run AS r), '(1,5,running)',
    'and the run counts it');
SELECT is(kernel.close_lost_runs(), 1::bigint, 'an open run that nobody else holds is lost');
SELECT throws_ok($$SELECT kernel.run_job_batch((SELECT max(id) FROM kernel.job_run))$$, 'KR063', NULL,
    'a lost run does not go on');
SELECT throws_ok($$SELECT kernel.end_job_run((SELECT max(id) FROM kernel.job_run), 'done')$$, 'KR063',
    NULL, 'nor does it end again');
SELECT ok((SELECT next_due_at BETWEEN clock_timestamp() + '50 s' AND clock_timestamp() + '60 s'
    FROM kernel.job WHERE name = 'work'), 'a lost run is made up for in a minute');

-- All that is due, as the runner.
DELETE FROM kernel.job_run;
TRUNCATE probe.work;
UPDATE kernel.job SET next_due_at = now() - interval '90 minutes' WHERE name = 'work';
SELECT pg_temp.register('fail', 'probe.fail()', 1);
SELECT pg_temp.register('gone', 'probe.gone()', 2);
SELECT pg_temp.register('odd', $$probe."one'; a""b;--"()$$, 3);
SELECT pg_temp.register('unknown', 'probe.unknown()', 4);
SELECT pg_temp.register('endless', 'probe.endless()', 200);
UPDATE kernel.job SET timeout = '100 ms' WHERE name = 'endless';
SELECT pg_temp.register('off', 'probe.work()', 0);
UPDATE kernel.job SET is_enabled = false WHERE name = 'off';
SELECT pg_temp.register('later', 'probe.work()', 0);
UPDATE kernel.job SET next_due_at = now() + interval '1 second' WHERE name = 'later';
SET LOCAL ROLE strongroom_runner;
SELECT results_eq(
    'SELECT job, outcome, batches, done, error_code FROM kernel.run_due_jobs()',
    $$VALUES
        ('fail', 'failed', 0, 0::bigint, 'XY123'),
        ('gone', 'failed', 0, 0, 'KR062'),
        ('odd', 'done', 1, 0, NULL),
        ('unknown', 'done', 1, 0, NULL),
        ('work', 'done', 3, 10, NULL),
        ('endless', 'more', 2, 2, NULL)$$,
    '[A-24] what is due runs by priority, whatever becomes of the others'
);
SELECT is_empty('SELECT FROM kernel.run_due_jobs()', 'and nothing is due again');
RESET ROLE;
SELECT is((SELECT count(*) FROM probe.work WHERE by = 'fail'), 0::bigint,
    'what a failed job did is undone');
SELECT is((SELECT count(*) FROM kernel.job_run WHERE outcome = 'running'), 0::bigint,
    'every run is closed');
SELECT is_empty($$SELECT FROM kernel.job_run AS r WHERE r::text LIKE '%Anna%'$$,
    'no message of an error is kept');
SELECT is((SELECT next_due_at FROM kernel.job WHERE name = 'work'), now() + interval '30 minutes',
    'a job that is done waits for its time');
SELECT ok((SELECT next_due_at <= clock_timestamp() FROM kernel.job WHERE name = 'endless'),
    'a job that left work is due');
SELECT ok((SELECT next_due_at BETWEEN clock_timestamp() + '50 s' AND clock_timestamp() + '60 s'
    FROM kernel.job WHERE name = 'fail'), 'a job that failed is tried again in a minute');
DO $$BEGIN
    FOR n IN 1 .. 3 LOOP
        PERFORM kernel.end_job_run(kernel.begin_job_run('fail', now(), true), 'failed', '40P01');
    END LOOP;
END$$;
SELECT ok((SELECT next_due_at < clock_timestamp() + '60 s' FROM kernel.job WHERE name = 'fail'),
    'sooner than its next failure would have it');
UPDATE kernel.job SET next_due_at = now() + '1 day' WHERE name = 'fail';
SELECT kernel.end_job_run(kernel.begin_job_run('fail', now(), true), 'failed', '40P01');
SELECT ok((SELECT next_due_at BETWEEN clock_timestamp() + '15 min' AND clock_timestamp() + '16 min'
    FROM kernel.job WHERE name = 'fail'), 'after five failures in a row in sixteen');
SELECT kernel.end_job_run(kernel.begin_job_run('fail', now(), true), 'done');
UPDATE kernel.job SET next_due_at = now() + '1 day' WHERE name = 'fail';
SELECT kernel.end_job_run(kernel.begin_job_run('fail', now(), true), 'failed', '40P01');
SELECT ok((SELECT next_due_at BETWEEN clock_timestamp() + '50 s' AND clock_timestamp() + '60 s'
    FROM kernel.job WHERE name = 'fail'), 'and what went well once is as if it had never failed');
UPDATE kernel.job SET next_due_at = now() WHERE name = 'fail';
SELECT is((SELECT r.outcome FROM kernel.run_due_jobs(p_now => now() - interval '1 us') AS r WHERE r.job = 'fail'), NULL,
    'a moment too early');
SELECT is((SELECT r.outcome FROM kernel.run_due_jobs(p_now => now()) AS r WHERE r.job = 'fail'), 'failed',
    'and due at its very moment');
SELECT is(kernel.begin_job_run('off', now(), true), NULL, 'a disabled job is not run, asked for or not');

-- Canceled: the timer is spent, so the next job must wait.
UPDATE kernel.job SET is_enabled = false;
SELECT pg_temp.register('cancel', 'probe.cancel()', 1);
SELECT pg_temp.register('after', 'probe.work()', 2);
SELECT results_eq(
    'SELECT job, outcome, error_code FROM kernel.run_due_jobs()',
    $$VALUES ('cancel', 'canceled', '57014')$$,
    'a canceled job is written down, and no other is begun'
);
SELECT results_eq('SELECT job FROM kernel.run_due_jobs(1)', ARRAY['after'], 'it has its turn next');
SELECT is((SELECT count(*) FROM kernel.run_due_jobs(0, now() + interval '3 hours')), 0::bigint,
    'a limit of none runs none');

-- History.
DELETE FROM kernel.job_run;
INSERT INTO kernel.job_run (job, begun_at, last_batch_at, ended_at, outcome)
SELECT a.job, a.at, a.at, a.at, 'done'
FROM (
    SELECT j.name, now() - n * interval '11 days'
    FROM generate_series(4, 1, -1) AS n
    CROSS JOIN (VALUES ('work'), ('after')) AS j (name)
) AS a (job, at);
UPDATE kernel.job SET keep_runs = '1 hour' WHERE name = 'after';
SELECT is(kernel.trim_job_runs(), 5::bigint, 'old runs are forgotten, as each job says');
SELECT is(kernel.trim_job_runs(), 0::bigint, 'the last run of a job never is');
SELECT throws_ok($$UPDATE kernel.job_run SET outcome = 'running' WHERE job = 'after'$$, '23514', NULL,
    'an open run has no end');
SELECT throws_ok($$UPDATE kernel.job_run SET error_code = 'Anna is ill'$$, '23514', NULL,
    'an error is a code, not words');

-- What is found to be wrong.
DELETE FROM kernel.job_run;
UPDATE kernel.job SET is_enabled = name IN ('gone', 'work', 'fail', 'after'), next_due_at = now();
SELECT results_eq('SELECT level, detail FROM kernel.check_jobs',
    $$VALUES ('ERROR', 'Job gone: probe.gone() can''t be run, for there is no such function.')$$,
    'a function that can''t be run is a finding; what is due just now is none');
UPDATE kernel.job SET next_due_at = now() - interval '61 minutes' WHERE name = 'work';
UPDATE kernel.job SET next_due_at = now() - interval '59 minutes' WHERE name = 'after';
SELECT is((SELECT string_agg(metadata ->> 'job', ',') FROM kernel.check_jobs
    WHERE metadata ->> 'problem' = 'overdue'), 'work', 'so is one that nobody runs');
INSERT INTO kernel.job_run (job, begun_at, last_batch_at) VALUES ('work', now(), now());
SELECT is((SELECT count(*) FROM kernel.check_jobs WHERE metadata ->> 'problem' = 'overdue'), 0::bigint,
    'a run that is under way is late, no more');
INSERT INTO kernel.job_run (job, begun_at, last_batch_at, ended_at, outcome, error_code)
SELECT 'fail', now(), now(), now(), o.outcome, '40P01'
FROM (VALUES (1, 'failed'), (2, 'done'), (3, 'lost'), (4, 'timeout')) AS o (n, outcome) ORDER BY o.n;
SELECT is((SELECT count(*) FROM kernel.check_jobs WHERE metadata ->> 'problem' = 'failing'), 0::bigint,
    'two failures in a row are not yet a finding');
INSERT INTO kernel.job_run (job, begun_at, last_batch_at, ended_at, outcome, error_code)
VALUES ('fail', now(), now(), now(), 'failed', '40001');
SELECT results_eq($$SELECT level, detail FROM kernel.check_jobs WHERE metadata ->> 'job' = 'fail'$$,
    $$VALUES ('WARN', 'Job fail: failed 3 times in a row, last with 40001.')$$, 'three are');
INSERT INTO kernel.job_run (job, begun_at, last_batch_at, ended_at, outcome)
SELECT 'fail', now(), now(), now(), 'lost' FROM generate_series(4, 10);
SELECT results_eq($$SELECT level, detail FROM kernel.check_jobs WHERE metadata ->> 'job' = 'fail'$$,
    $$VALUES ('ERROR', 'Job fail: failed 10 times in a row, last with no code.')$$,
    'and ten are an alarm');
UPDATE kernel.job SET is_enabled = false;
SELECT is_empty('SELECT detail FROM kernel.check_jobs', 'what is disabled is nobody''s concern');
DELETE FROM kernel.job_run;
INSERT INTO kernel.job_run (job, begun_at, last_batch_at, ended_at, outcome)
SELECT 'work', now(), now(), now(), 'done' FROM generate_series(1, 3);

-- Who may do what.
SELECT is(
    (
        SELECT string_agg(format('%s %s', r.name, p.name), ', ' ORDER BY r.name, p.name)
        FROM (
            VALUES ('tarot_app'), ('tarot_worker'), ('strongroom_client'), ('strongroom_definer'),
            ('strongroom_login'), ('strongroom_runner')
        ) AS r (name)
        CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) AS p (name)
        CROSS JOIN (VALUES ('kernel.job'), ('kernel.job_run')) AS t (name)
        WHERE has_table_privilege(r.name, t.name, p.name)
    ),
    'strongroom_runner SELECT, strongroom_runner SELECT',
    'the runner reads jobs and runs, and nobody else does'
);
SET LOCAL ROLE strongroom_runner;
SELECT ok((SELECT count(*) > 3 FROM kernel.job) AND (SELECT count(*) = 3 FROM kernel.job_run),
    'and it reads all of them');
SELECT lives_ok('SELECT FROM kernel.check_jobs', 'and what is wrong with them');
SELECT throws_ok('UPDATE kernel.job SET is_enabled = false', '42501', NULL,
    'but it does not tune them');
SET LOCAL ROLE strongroom_owner;
SELECT lives_ok('UPDATE kernel.job SET is_enabled = false', 'which the owner does');
SET LOCAL ROLE tarot_app;
SELECT throws_ok('SELECT FROM kernel.run_due_jobs()', '42501', NULL, 'an app runs no jobs');
RESET ROLE;
SELECT is(
    (SELECT count(DISTINCT kernel.lock_space(u)) FROM unnest(ARRAY['job', 'counter', 'expiry', 'replay', 'consent']) AS u),
    5::bigint,
    'locks of different uses differ'
);
SELECT throws_ok('SELECT kernel.lock_space(''nothing'')', '22023', NULL, 'and each use is listed');

SELECT * FROM finish();
ROLLBACK;
