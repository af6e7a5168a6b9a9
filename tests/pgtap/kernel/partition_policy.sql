BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(45);

SET LOCAL ROLE strongroom_owner;
CREATE SCHEMA probe;
CREATE SCHEMA attic;
CREATE TABLE probe.plain (at timestamptz);
CREATE TABLE probe.listed (kind text) PARTITION BY LIST (kind);
CREATE TABLE probe.pairs (at timestamptz, id bigint) PARTITION BY RANGE (at, id);
CREATE TABLE probe.days (at timestamptz) PARTITION BY RANGE (timezone('UTC', at));
CREATE TABLE probe.local_times (at timestamp) PARTITION BY RANGE (at);
CREATE TABLE probe.moments (at timestamptz PRIMARY KEY) PARTITION BY RANGE (at);
CREATE TABLE probe.dates (at date) PARTITION BY RANGE (at);
CREATE TABLE probe.events (id uuid) PARTITION BY RANGE (id);
CREATE TABLE probe.numbers (id bigint) PARTITION BY RANGE (id);
CREATE TABLE probe.nested (id bigint) PARTITION BY RANGE (id);
CREATE TABLE probe.part PARTITION OF probe.nested FOR VALUES FROM (0) TO (9)
PARTITION BY RANGE (id);
CREATE TABLE probe.caught (at timestamptz) PARTITION BY RANGE (at);
CREATE TABLE probe.rest PARTITION OF probe.caught DEFAULT;
CREATE TABLE probe.notes (
    at timestamptz,
    CONSTRAINT notes_at_fkey FOREIGN KEY (at) REFERENCES probe.moments (at)
);
RESET ROLE;
CREATE TABLE probe.foreigners (at timestamptz) PARTITION BY RANGE (at);
CREATE SCHEMA locked;

CREATE FUNCTION pg_temp.policy(p_values text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    v_detail text;
    v_constraint text;
BEGIN
    EXECUTE 'INSERT INTO kernel.partition_policy VALUES (' || p_values || ')';
    RETURN 'taken';
EXCEPTION
    WHEN SQLSTATE 'KR010' THEN
        GET STACKED DIAGNOSTICS v_detail = PG_EXCEPTION_DETAIL;
        RETURN v_detail;
    WHEN check_violation THEN
        GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
        RETURN v_constraint;
    WHEN not_null_violation OR unique_violation THEN
        RETURN SQLSTATE;
END;
$$;

-- parent, key_kind, every, every_ids, ahead, keep, keep_ids, on_expiry, archive_schema
CREATE TEMPORARY TABLE cases (what text, given text, answer text);
INSERT INTO cases VALUES
('a table without partitions', $$'probe.plain', 'time', '1 month'$$,
    'It is not a table partitioned by range.'),
('a list', $$'probe.listed', 'time', '1 month'$$, 'It is not a table partitioned by range.'),
('two columns', $$'probe.pairs', 'time', '1 month'$$, 'Its partition key is not one column.'),
('an expression', $$'probe.days', 'time', '1 month'$$, 'Its partition key is not one column.'),
('a partition', $$'probe.part', 'bigint', NULL, 1000$$, 'It is a partition itself.'),
('a local time', $$'probe.local_times', 'time', '1 month'$$,
    'Its key is timestamp without time zone, which does not go with the kind of key time.'),
('the wrong kind', $$'probe.moments', 'uuid_v7', '1 month'$$,
    'Its key is timestamp with time zone, which does not go with the kind of key uuid_v7.'),
('numbers as time', $$'probe.numbers', 'time', '1 month'$$,
    'Its key is bigint, which does not go with the kind of key time.'),
('hours of dates', $$'probe.dates', 'time', '6 hours'$$,
    'A step of less than a day cannot divide dates.'),
('a default partition', $$'probe.caught', 'time', '1 month'$$,
    'It has a default partition, probe.rest.'),
('partitions of partitions', $$'probe.nested', 'bigint', NULL, 1000$$,
    'Its partition probe.part is no plain table.'),
('somebody else''s', $$'probe.foreigners', 'time', '1 month'$$,
    'It belongs to postgres, not to strongroom_owner.'),
('rows that others refer to and that expire',
    $$'probe.moments', 'time', '1 month', NULL, 1, '1 year'$$,
    'The foreign key notes_at_fkey of probe.notes points to it, and its rows are to expire.'),
('rows that others refer to and that stay', $$'probe.moments', 'time', '1 month'$$, 'taken'),
('no such archive',
    $$'probe.dates', 'time', '1 month', NULL, 1, '1 year', NULL, 'archive', 'nowhere'$$,
    'There is no schema nowhere to archive to.'),
('an archive that may be read',
    $$'probe.dates', 'time', '1 month', NULL, 1, '1 year', NULL, 'archive', 'kernel'$$,
    'Schema kernel is no archive: it is kernel''s or an app''s.'),
('an archive of others',
    $$'probe.dates', 'time', '1 month', NULL, 1, '1 year', NULL, 'archive', 'locked'$$,
    'strongroom_owner may not create in schema locked.'),
('an archive', $$'probe.dates', 'time', '1 day', NULL, 1, '1 year', NULL, 'archive', 'attic'$$,
    'taken'),
('an archive for nothing',
    $$'probe.events', 'uuid_v7', '1 day', NULL, 1, NULL, NULL, 'drop', 'attic'$$,
    'partition_policy_archive_schema_check'),
('an unknown kind', $$'probe.events', 'uuid', '1 day'$$, 'partition_policy_key_kind_check'),
('no step', $$'probe.events', 'uuid_v7', NULL$$, 'partition_policy_step_check'),
('two steps', $$'probe.events', 'uuid_v7', '1 day', 1000$$, 'partition_policy_step_check'),
('a time for numbers', $$'probe.numbers', 'bigint', '1 day'$$, 'partition_policy_step_check'),
('minutes', $$'probe.events', 'uuid_v7', '30 minutes'$$, 'partition_policy_every_check'),
('one and a half hours', $$'probe.events', 'uuid_v7', '90 minutes'$$,
    'partition_policy_every_check'),
('a month and a day', $$'probe.events', 'uuid_v7', '1 month 1 day'$$,
    'partition_policy_every_check'),
('a month less a day', $$'probe.events', 'uuid_v7', '1 month -1 day'$$,
    'partition_policy_every_check'),
('backwards', $$'probe.events', 'uuid_v7', '-1 month'$$, 'partition_policy_every_check'),
('few numbers', $$'probe.numbers', 'bigint', NULL, 10$$, 'partition_policy_every_ids_check'),
('none ahead', $$'probe.events', 'uuid_v7', '1 day', NULL, 0$$, 'partition_policy_ahead_check'),
('kept for no time', $$'probe.events', 'uuid_v7', '1 day', NULL, 1, '0'$$,
    'partition_policy_keep_check'),
('kept by number', $$'probe.events', 'uuid_v7', '1 day', NULL, 1, NULL, 5$$,
    'partition_policy_keep_kind_check'),
('an unknown end', $$'probe.events', 'uuid_v7', '1 day', NULL, 1, NULL, NULL, 'burn'$$,
    'partition_policy_on_expiry_check'),
('version 7 uuids', $$'probe.events', 'uuid_v7', '7 days'$$, 'taken'),
('a second policy', $$'probe.events', 'uuid_v7', '1 day'$$, '23505');

SELECT is(pg_temp.policy(c.given), c.answer, c.what) FROM cases AS c;

SET LOCAL ROLE strongroom_runner;
SELECT is((SELECT count(*) FROM kernel.partition_policy WHERE parent::text ~ '^probe'), 3::bigint,
    'the runner reads the policies');
SELECT throws_ok(
    $$UPDATE kernel.partition_policy SET keep = '1 hour'$$, '42501', NULL, 'and changes none'
);

RESET ROLE;
CREATE FUNCTION pg_temp.may(p_role name, p_statement text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', p_role);
    EXECUTE p_statement;
    RESET ROLE;
    RETURN true;
EXCEPTION WHEN insufficient_privilege THEN
    RETURN false;
END;
$$;
SELECT is(
    pg_temp.may(r.role, replace(s.statement, 'TABLE', t.name)), false,
    format('%s does not %s %s', r.role, s.statement, t.name)
)
FROM (VALUES ('tarot_app'), ('strongroom_login')) AS r (role)
CROSS JOIN (VALUES ('SELECT FROM kernel.TABLE'), ('DELETE FROM kernel.TABLE')) AS s (statement)
CROSS JOIN (VALUES ('partition_policy'), ('expiring_partition')) AS t (name);

SELECT * FROM finish();
ROLLBACK;
