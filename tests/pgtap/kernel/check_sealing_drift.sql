BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
SET LOCAL ROLE strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.days (
    user_id bigint, id bigint, note kernel.sealed, other kernel.sealed, PRIMARY KEY (user_id, id)
) PARTITION BY RANGE (id);
COMMENT ON COLUMN probe.days.note IS E'A note.\n@sealed text note notes';
CREATE TABLE probe.days_1 PARTITION OF probe.days FOR VALUES FROM (0) TO (10);
CREATE TABLE probe.keyless (user_id bigint, note kernel.sealed);
COMMENT ON COLUMN probe.keyless.note IS E'A note.\n@sealed text note notes';
CREATE TABLE probe.plain (id bigint PRIMARY KEY);

CREATE FUNCTION pg_temp.found() RETURNS TABLE (level text, cache_key text) LANGUAGE sql AS $$
    SELECT f.level, f.cache_key FROM kernel.check_sealing_drift AS f
    WHERE f.cache_key LIKE 'sealing\_drift:probe.%' ORDER BY f.cache_key COLLATE "C"
$$;
SELECT results_eq(
    'SELECT * FROM pg_temp.found()',
    $$VALUES
        ('ERROR', 'sealing_drift:probe.days:t20_guard_insert'),
        ('ERROR', 'sealing_drift:probe.days:t20_guard_update'),
        ('ERROR', 'sealing_drift:probe.days:untagged:other'),
        ('WARN', 'sealing_drift:probe.days_1:t20_guard_insert'),
        ('WARN', 'sealing_drift:probe.days_1:t20_guard_update'),
        ('ERROR', 'sealing_drift:probe.keyless:problem'),
        ('ERROR', 'sealing_drift:probe.keyless:t20_guard_insert'),
        ('ERROR', 'sealing_drift:probe.keyless:t20_guard_update')$$,
    'what is not guarded is found, and what can''t be'
);
DROP TABLE probe.keyless;
COMMENT ON COLUMN probe.days.other IS E'Another.\n@sealed text other notes';
SELECT lives_ok($$SELECT kernel.guard_sealed('probe.days')$$, 'a table is guarded with its partitions');
SELECT is_empty('SELECT * FROM pg_temp.found()', 'and then nothing is found');

COMMENT ON COLUMN probe.days.other IS E'Another.\n@sealed text other others';
SELECT results_eq(
    'SELECT * FROM pg_temp.found()', $$VALUES ('ERROR', 'sealing_drift:probe.days:columns')$$,
    'a tag that says another purpose than the guard knows is found'
);
SELECT lives_ok($$SELECT kernel.guard_sealed('probe.days')$$, 'and mended by guarding anew');
CREATE TABLE probe.days_2 PARTITION OF probe.days FOR VALUES FROM (10) TO (20);
SELECT is(
    (SELECT count(*) FROM pg_temp.found()), 2::bigint, 'a partition that was made by hand lacks its triggers'
);
SELECT lives_ok($$SELECT kernel.guard_sealed('probe.days_2')$$, 'a partition stands for its root');
SELECT is_empty('SELECT * FROM pg_temp.found()', 'and all are guarded again');
SELECT throws_ok(
    format('INSERT INTO probe.days_2 VALUES (1, 11, %L)', '\x010000000000001092'::bytea || sha256('') || sha256('')),
    'KR080', NULL, 'statements that name the partition are refused as well'
);
SELECT throws_ok(
    format('INSERT INTO probe.days VALUES (1, 11, %L)', '\x010000000000001092'::bytea || sha256('') || sha256('')),
    'KR080', NULL, 'as are those that name the table'
);
SELECT is(kernel.create_partition('probe.days', 'days_3', 20, 30)::text, 'probe.days_3', 'the kernel''s own partitions');
SELECT is_empty('SELECT * FROM pg_temp.found()', 'are guarded when they are made');
ALTER TABLE probe.days DISABLE TRIGGER t20_guard_update;
SELECT isnt_empty('SELECT * FROM pg_temp.found()', 'a trigger that is disabled is missed');

SELECT * FROM finish();
ROLLBACK;
