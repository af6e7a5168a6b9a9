BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(16);

SET LOCAL ROLE strongroom_owner;
CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
-- By hand: half years, a hole, a name of no form, a grant, no row level security.
CREATE TABLE probe.events (at date NOT NULL, id bigint NOT NULL, PRIMARY KEY (at, id))
PARTITION BY RANGE (at);
CREATE TABLE probe.events_long_ago PARTITION OF probe.events
FOR VALUES FROM (MINVALUE) TO ('2025-01-01');
DO $$BEGIN EXECUTE format(
    'CREATE TABLE probe.events_lately PARTITION OF probe.events FOR VALUES FROM (%L) TO (%L)',
    date_trunc('month', now(), 'UTC')::date - 60, date_trunc('month', now(), 'UTC')::date + 40
); END$$;
GRANT SELECT ON probe.events_lately TO strongroom_login;
GRANT SELECT (at) ON probe.events_long_ago TO strongroom_login;
INSERT INTO probe.events VALUES ('2000-02-29', 1), (now(), 2);

SELECT is(kernel.adopt_partitions('probe.events', 'time', '1 month', NULL, 3), 2::bigint,
    'what is there is taken over');
SELECT is(
    (SELECT concat_ws(' ', r.partition_count, r.is_covered, r.steps_left)
    FROM kernel.partition_runway AS r WHERE r.parent = 'probe.events'::regclass),
    '5 t 3', 'what is missing is made beside it'
);
SELECT is_empty(
    $$SELECT c.detail FROM kernel.check_partition_drift AS c
    WHERE c.metadata ->> 'parent' = 'probe.events'$$,
    'and all are closed alike'
);
SELECT is_empty(
    $$SELECT a.attacl FROM pg_attribute AS a
    WHERE a.attrelid = 'probe.events_long_ago'::regclass AND a.attacl <> '{}'$$,
    'no column of theirs is granted'
);
SELECT is((SELECT count(*) FROM probe.events), 2::bigint, 'no row is lost');
SELECT is(
    (SELECT p.keep FROM kernel.partition_policy AS p WHERE p.parent = 'probe.events'::regclass),
    NULL, 'nothing expires before somebody says so'
);
SELECT is_empty('SELECT * FROM kernel.expired_partitions()', 'nothing is past its time');
SELECT lives_ok(
    $$INSERT INTO probe.events SELECT date_trunc('month', now(), 'UTC')::date + 39 + g, g
    FROM generate_series(0, 50) AS g$$,
    'rows find a place on both sides of the seam'
);
SELECT throws_ok(
    $$SELECT kernel.adopt_partitions('probe.events', 'time', '1 day')$$, '23505', NULL, 'only once'
);
UPDATE kernel.partition_policy SET keep = '1 year';
SELECT results_eq(
    'SELECT e.partition::text, e.last_position FROM kernel.expired_partitions() AS e',
    $$VALUES ('probe.events_long_ago', EXTRACT(epoch FROM timestamptz '2025-01-01 00:00+00'))$$,
    'what has no lower bound expires by its upper one'
);
SELECT is(kernel.begin_expiry('probe.events_long_ago'), 'begun', 'and can be counted');
SELECT is((SELECT e.row_count FROM kernel.expiring_partition AS e), 1::bigint, 'through both');

-- Somebody who may passed a right on.
CREATE TABLE probe.passed_on (at date) PARTITION BY RANGE (at);
CREATE TABLE probe.passed_on_old PARTITION OF probe.passed_on
FOR VALUES FROM (MINVALUE) TO ('2025-01-01');
GRANT SELECT ON probe.passed_on_old TO strongroom_migrator WITH GRANT OPTION;
GRANT USAGE ON SCHEMA probe TO strongroom_migrator;
RESET ROLE;
SET LOCAL ROLE strongroom_migrator;
GRANT SELECT ON probe.passed_on_old TO strongroom_login;
RESET ROLE;
SET LOCAL ROLE strongroom_owner;
SELECT kernel.adopt_partitions('probe.passed_on', 'time', '1 month');
SELECT is(
    (
        SELECT string_agg(x.grantee::regrole::text, ' ')
        FROM pg_class AS c
        CROSS JOIN aclexplode(c.relacl) AS x
        WHERE c.oid = 'probe.passed_on_old'::regclass AND x.grantee <> c.relowner
    ),
    NULL, 'rights that were passed on are taken as well'
);

CREATE TABLE probe.plain (at date);
SELECT throws_ok(
    $$SELECT kernel.adopt_partitions('probe.plain', 'time', '1 month')$$, 'KR010', NULL,
    'a table without partitions is refused'
);
CREATE TABLE probe.ids (id uuid) PARTITION BY RANGE (id);
CREATE TABLE probe.ids_odd PARTITION OF probe.ids
FOR VALUES FROM (MINVALUE) TO ('0191e5a0-1c00-7fff-bfff-123456789abc');
SELECT throws_ok(
    $$SELECT kernel.adopt_partitions('probe.ids', 'uuid_v7', '1 month')$$, 'KR010', NULL,
    'bounds within a millisecond are refused'
);
RESET ROLE;
SET LOCAL ROLE strongroom_runner;
SELECT throws_ok(
    $$SELECT kernel.adopt_partitions('probe.ids', 'uuid_v7', '1 month')$$, '42501', NULL,
    'not for the runner'
);

SELECT * FROM finish();
ROLLBACK;
