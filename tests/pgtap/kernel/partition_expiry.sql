BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(23);

CREATE ROLE probe_definer IN ROLE strongroom_client;
GRANT probe_definer TO strongroom_owner;
GRANT USAGE ON SCHEMA pgtap TO strongroom_owner;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pgtap TO strongroom_owner;
GRANT ALL ON ALL TABLES IN SCHEMA pgtap TO strongroom_owner;
SET LOCAL ROLE strongroom_owner;
CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
GRANT USAGE, CREATE ON SCHEMA probe TO probe_definer;
CREATE TABLE probe.visits (user_id bigint NOT NULL, at date NOT NULL, PRIMARY KEY (user_id, at))
PARTITION BY RANGE (at);
COMMENT ON COLUMN probe.visits.user_id IS E'Who.\n@internal';
COMMENT ON COLUMN probe.visits.at IS E'When.\n@internal';
ALTER TABLE probe.visits ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe.visits FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON probe.visits TO strongroom_owner USING (true) WITH CHECK (true);
INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead)
VALUES ('probe.visits', 'time', '1 day', 4);
SELECT kernel.extend_partitions(now() - interval '6 days');
SELECT kernel.extend_partitions();
SELECT kernel.count('probe.visits', 'visits_live');
INSERT INTO probe.visits SELECT u, timezone('UTC', now())::date - d
FROM generate_series(1, 3) AS u, generate_series(0, 6) AS d;

CREATE FUNCTION pg_temp.day(p_ago integer) RETURNS regclass
LANGUAGE sql
RETURN (
    'probe.visits_p' || to_char(timezone('UTC', now()) - make_interval(days => p_ago), 'YYYY_MM_DD')
)::regclass;
CREATE FUNCTION pg_temp.detach(p_ago integer) RETURNS regclass
LANGUAGE plpgsql AS $$
DECLARE
    v_partition CONSTANT regclass := pg_temp.day(p_ago);
BEGIN
    EXECUTE format('ALTER TABLE probe.visits DETACH PARTITION %s', v_partition);
    RETURN v_partition;
END;
$$;
CREATE FUNCTION pg_temp.counted() RETURNS text LANGUAGE sql
RETURN (
    (SELECT v.counted FROM probe.visits_live AS v) || ' of ' || (SELECT count(*) FROM probe.visits)
);

SELECT is_empty('SELECT * FROM kernel.expired_partitions()', 'for ever is for ever');
UPDATE kernel.partition_policy SET keep = '3 days' WHERE parent = 'probe.visits'::regclass;
SELECT set_eq(
    'SELECT e.partition FROM kernel.expired_partitions() AS e',
    ARRAY[pg_temp.day(7), pg_temp.day(6), pg_temp.day(5), pg_temp.day(4)],
    'a day that ended three days ago is past its time, a day that is not over is not'
);
SELECT is(kernel.begin_expiry(pg_temp.day(3)), 'kept', 'nothing begins before its time');
SELECT is(kernel.begin_expiry(pg_temp.day(6)), 'begun', 'what is past its time begins');
SELECT is(kernel.begin_expiry(pg_temp.day(6)), 'begun', 'again is the same');
SELECT ok(
    (
        SELECT e.row_count = d.row_count AND e.digest = d.digest
        FROM kernel.expiring_partition AS e
        CROSS JOIN kernel.digest_partition(e.partition) AS d
    ),
    'its rows were read'
);
SELECT ok(
    NOT kernel.is_partition_as_read(pg_temp.day(6)),
    'rows of a transaction that had not ended are not known to be the same'
);
SELECT is(
    (SELECT e.form FROM kernel.expiring_partition AS e),
    kernel.partition_form(pg_temp.day(6)),
    'and what they were read by is kept'
);
SELECT ok(NOT kernel.has_partition_pins(pg_temp.day(5)), 'without a hold nothing is pinned');
SELECT ok(kernel.has_partition_pins(NULL), 'of nothing, nobody knows');
SELECT results_eq(
    'SELECT e.state, e.is_marked, count(*) FROM kernel.expiry_states() AS e GROUP BY 1, 2 ORDER BY 2',
    $$VALUES ('attached', false, 3::bigint), ('attached', true, 1::bigint)$$, 'it is written down'
);
SELECT throws_ok(
    'SELECT kernel.finish_expiry(pg_temp.day(6))', 'KR012', NULL, 'it ends detached, or not at all'
);
SELECT pg_temp.detach(6);
SELECT is(
    (SELECT e.state FROM kernel.expiry_states() AS e WHERE e.is_marked), 'detached',
    'a table that was detached is still known'
);
SELECT is(
    (kernel.digest_partition(pg_temp.day(6))).digest,
    (
        SELECT sha256(convert_to('3:' || sum(
            ('x' || encode(substr(sha256(convert_to(v::text, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint
        ), 'UTF8'))
        FROM (SELECT u::bigint, timezone('UTC', now())::date - 6 FROM generate_series(3, 1, -1) AS u)
            AS v
    ),
    'the digest is that of the rows, in any order'
);
SELECT is((kernel.finish_expiry(pg_temp.day(6))).outcome, 'drop', 'and is dropped');
SELECT is(pg_temp.counted(), '18 of 18', 'what counts rows follows');
SELECT results_eq(
    $$SELECT d.relation_name, d.row_count, octet_length(d.digest), d.bounds_from::date
    FROM kernel.destruction_record AS d$$,
    $$VALUES ('probe.visits', 3::bigint, 32, timezone('UTC', now())::date - 6)$$,
    '[X-5] the record says what went'
);

SELECT kernel.begin_expiry(pg_temp.day(5));
SELECT pg_temp.detach(5);
UPDATE kernel.partition_policy SET keep = '9 days' WHERE parent = 'probe.visits'::regclass;
SELECT is((kernel.finish_expiry('probe.visits_p' || to_char(
    timezone('UTC', now()) - interval '5 days', 'YYYY_MM_DD'))).outcome,
    'kept', 'a policy that changed keeps it');
SELECT is(pg_temp.counted(), '18 of 18', 'and all is as it was');

UPDATE kernel.partition_policy SET keep = '1 hour' WHERE parent = 'probe.visits'::regclass;
SELECT is(
    (
        SELECT min(lower(s.span))
        FROM kernel.due_partitions('2049-11-22 12:00+00', 'probe.visits') AS d
        CROSS JOIN unnest(d.spans) AS s (span)
    ),
    EXTRACT(epoch FROM timestamptz '2049-11-22 00:00+00'),
    'what would be past its time at once is not made'
);
SELECT throws_ok(
    'SELECT kernel.finish_expiry(pg_temp.day(0))', 'P0002', NULL, 'what never began does not end'
);
RESET ROLE;
SET LOCAL ROLE strongroom_runner;
SELECT throws_ok(
    $$SELECT kernel.finish_expiry('kernel.job')$$, '42501', NULL, 'the runner does not end it itself'
);
SELECT throws_ok(
    'DELETE FROM kernel.expiring_partition', '42501', NULL, 'nor forgets that it began'
);

SELECT * FROM finish();
ROLLBACK;
