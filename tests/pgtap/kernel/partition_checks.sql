BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(36);

SET LOCAL ROLE strongroom_owner;
CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE SCHEMA attic;
CREATE TABLE probe.visits (
    user_id bigint NOT NULL, at timestamptz NOT NULL, note text DEFAULT 'none',
    CONSTRAINT visits_note_check CHECK (note <> ''), PRIMARY KEY (user_id, at)
) PARTITION BY RANGE (at);
INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead)
VALUES ('probe.visits', 'time', '1 month', 6);
CREATE TABLE probe.numbers (id bigint) PARTITION BY RANGE (id);
CREATE TABLE probe.strays (at date) PARTITION BY RANGE (at);
CREATE TABLE probe.old (at date) PARTITION BY RANGE (at);
RESET ROLE;
CREATE ROLE probe_watcher IN ROLE pg_monitor;

CREATE FUNCTION pg_temp.runway(p_table text) RETURNS text
LANGUAGE sql
RETURN (
    SELECT string_agg(c.level || ' ' || c.detail, E'\n')
    FROM kernel.check_partition_runway AS c
    WHERE c.metadata ->> 'parent' = p_table
);
CREATE FUNCTION pg_temp.drift(p_table text) RETURNS text
LANGUAGE sql
RETURN (
    SELECT string_agg(regexp_replace(c.detail, '^.*?: (.*)\.$', '\1'), E'\n')
    FROM kernel.check_partition_drift AS c
    WHERE c.metadata ->> 'partition' = p_table
);
CREATE FUNCTION pg_temp.plan_problems(p_table text) RETURNS text
LANGUAGE sql
RETURN (
    SELECT string_agg(c.level || ' ' || c.detail, E'\n')
    FROM kernel.check_partition_plan AS c
    WHERE c.metadata ->> 'parent' = p_table
);

SELECT is(
    pg_temp.runway('probe.visits'),
    'ERROR probe.visits has no partition for what is written now.',
    '[C-F6] [X-8] a table without a partition for now'
);
SELECT is(
    pg_temp.runway('probe.strays'),
    'WARN probe.strays is partitioned by range, and nobody makes its partitions.',
    '[C-F6] a table that nobody looks after'
);
SELECT kernel.extend_partitions(now() - interval '6 months');
SELECT is(
    (SELECT concat_ws(' ', r.partition_count, r.is_covered, r.steps_left, r.runs_until_at)
    FROM kernel.partition_runway AS r WHERE r.parent = 'probe.visits'::regclass),
    '8 t 0 ' || date_trunc('month', now(), 'UTC') + interval '1 month',
    '[X-8] the runway says how far it reaches'
);
SELECT matches(
    pg_temp.runway('probe.visits'), '^ERROR probe.visits has partitions up to .*: 0 of 6 steps',
    '[X-8] nothing ahead is an error'
);
SELECT kernel.extend_partitions(now() - interval '4 months');
SELECT matches(pg_temp.runway('probe.visits'), '^WARN .* 2 of 6 steps', 'little is a warning');
SELECT kernel.extend_partitions();
SELECT is(pg_temp.runway('probe.visits'), NULL, 'enough ahead is nothing');
COMMENT ON COLUMN probe.visits.user_id IS E'Who.\n@internal';
COMMENT ON COLUMN probe.visits.at IS E'When.\n@internal';
SELECT kernel.enable_audit('probe.visits');
SELECT is(
    (SELECT c.detail FROM kernel.check_partition_drift AS c WHERE c.metadata ? 'parent'),
    NULL, 'what the kernel makes does not differ, triggers of the audit among it'
);
DO $$BEGIN EXECUTE format('DROP TABLE probe.%I', 'visits_p' || to_char(
    timezone('UTC', now()) + interval '2 months', 'YYYY_MM')); END$$;
SELECT matches(pg_temp.runway('probe.visits'), '^WARN .* 1 of 6 steps', 'a gap ends the runway');
SELECT is(kernel.maintain_partitions(), 1::bigint, 'and is filled');

SET LOCAL ROLE strongroom_owner;
INSERT INTO kernel.partition_policy (parent, key_kind, every_ids, ahead)
VALUES ('probe.numbers', 'bigint', 1000, 4);
SELECT is(kernel.maintain_partitions(), 5::bigint, 'numbers begin at 0');
SELECT is(pg_temp.runway('probe.numbers'), NULL, 'none of them is used');
INSERT INTO probe.numbers VALUES (3500);
SELECT matches(
    pg_temp.runway('probe.numbers'), '^WARN probe.numbers has partitions up to 5000: 1 of 4',
    'the last that holds a row counts'
);
INSERT INTO probe.numbers VALUES (4999);
SELECT matches(pg_temp.runway('probe.numbers'), '^ERROR .* 0 of 4', 'the last one is filled');
SELECT is(kernel.maintain_partitions(), 4::bigint, 'more are made');
SELECT is(pg_temp.runway('probe.numbers'), NULL, 'that is enough');
RESET ROLE;

CREATE FUNCTION pg_temp.break_it(p_statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    v_name text := 'probe.visits_p' || to_char(timezone('UTC', now()), 'YYYY_MM');
    v_drift text;
BEGIN
    EXECUTE replace(p_statement, 'PART', v_name);
    v_drift := pg_temp.drift(v_name);
    EXECUTE 'SELECT kernel.align_partition($1)' USING v_name::regclass;
    RETURN coalesce(v_drift, '-') || ' / ' || coalesce(pg_temp.drift(v_name), '-');
END;
$$;
CREATE FUNCTION probe.tg_nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
SELECT is(
    pg_temp.break_it('ALTER TABLE PART NO FORCE ROW LEVEL SECURITY'),
    'row level security is not enabled and forced / -', 'FORCE'
);
SELECT is(
    pg_temp.break_it('ALTER TABLE PART OWNER TO strongroom_definer'),
    'its owner is strongroom_definer; policy all_owner is not the owner''s / -', 'another owner'
);
SELECT is(
    pg_temp.break_it('GRANT SELECT ON PART TO strongroom_login'),
    'others than its owner have rights on it / -', 'a grant'
);
SELECT is(
    pg_temp.break_it('CREATE POLICY peep ON PART TO strongroom_login USING (true)'),
    'policy peep is not the owner''s / -', 'a policy'
);
SELECT is(
    pg_temp.break_it(
        'CREATE TRIGGER t10_x AFTER INSERT ON PART FOR EACH ROW EXECUTE FUNCTION probe.tg_nothing()'
    ),
    'trigger t10_x is not its parent''s / trigger t10_x is not its parent''s', 'a trigger'
);
SELECT is(
    pg_temp.break_it(
        'DROP TRIGGER t10_x ON PART; ALTER TABLE PART ADD CONSTRAINT c CHECK (user_id > 0)'
    ),
    'constraint c is not its parent''s / constraint c is not its parent''s', 'a constraint'
);
SELECT matches(
    pg_temp.break_it('ALTER TABLE PART DROP CONSTRAINT c; CREATE INDEX extra_idx ON PART (note)'),
    '^index probe.extra_idx is not its parent''s', 'an index too many'
);
SELECT matches(
    pg_temp.break_it(
        'DROP INDEX probe.extra_idx; CREATE INDEX visits_note_idx ON ONLY probe.visits (note)'
    ), '^it lacks the index probe.visits_note_idx', 'an index too few'
);
SELECT matches(
    pg_temp.break_it('DROP INDEX probe.visits_note_idx; ALTER TABLE PART ALTER note SET DEFAULT 1'),
    '^column note differs in default', 'a default'
);

SET LOCAL ROLE strongroom_owner;
INSERT INTO kernel.partition_policy (parent, key_kind, every, keep, on_expiry)
VALUES ('probe.old', 'time', '1 day', '1 day', 'detach');
SELECT is(pg_temp.plan_problems('probe.old'), NULL, 'a policy that can be carried out');
CREATE TABLE probe.rest PARTITION OF probe.old DEFAULT;
SELECT is(
    pg_temp.plan_problems('probe.old'),
    'ERROR probe.old: It has a default partition, probe.rest.', 'a default partition made later'
);
DROP TABLE probe.rest;
UPDATE kernel.partition_policy SET keep = '1 year', on_expiry = 'archive', archive_schema = 'attic'
WHERE parent = 'probe.visits'::regclass;
SELECT matches(
    pg_temp.plan_problems('probe.visits'), '^WARN probe.visits holds rows of people',
    'rows of people are not kept aside'
);
INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead)
VALUES ('probe.strays', 'time', '1 day', 149);
SELECT cmp_ok(kernel.maintain_partitions(), '>=', 151::bigint, 'a day each');
SELECT is(
    pg_temp.plan_problems('probe.strays'), 'WARN probe.strays has 151 partitions.',
    'too many partitions'
);
DROP TABLE probe.old;

-- What should have gone: the runner alone takes it, and may not run.
CREATE FUNCTION pg_temp.lag(p_table text) RETURNS text
LANGUAGE sql
RETURN (
    SELECT string_agg(c.level || ' ' || c.detail, E'\n')
    FROM kernel.check_retention_lag AS c
    WHERE c.metadata ->> 'table' = p_table
);
UPDATE kernel.partition_policy
SET keep = make_interval(secs => EXTRACT(epoch FROM now() - date_trunc('month', now(), 'UTC')) + 1),
    on_expiry = 'drop', archive_schema = NULL
WHERE parent = 'probe.visits'::regclass;
SELECT matches(
    pg_temp.lag('probe.visits'), '^ERROR Partitions of probe.visits that should have gone days ago: 6, ',
    '[X-5] what is past its time and stays is told of'
);
SELECT is(
    (SELECT count(*) FROM kernel.overdue_partitions('10 years')), 0::bigint, 'not before its grace is over'
);
SELECT kernel.place_hold('a lawsuit', p_table => 'probe.visits');
SELECT is(pg_temp.lag('probe.visits'), NULL, 'what is held is not late');
UPDATE kernel.partition_policy SET keep_ids = 3500 WHERE parent = 'probe.numbers'::regclass;
SELECT is(pg_temp.lag('probe.numbers'), NULL, 'of numbers, one partition is not late');
INSERT INTO probe.numbers VALUES (7000);
SELECT is(
    pg_temp.lag('probe.numbers'),
    'WARN Partitions of probe.numbers that should have gone days ago: 1, probe.numbers_p0 among them.',
    'that rows came in for two more is'
);
RESET ROLE;
SELECT is(
    (SELECT c.level FROM kernel.check_partition_plan AS c WHERE c.cache_key ~ '^partition_plan:gone'),
    'WARN', 'a policy for a table that is gone'
);

SET LOCAL ROLE probe_watcher;
SELECT lives_ok(
    'SELECT FROM kernel.check_partition_plan, kernel.check_partition_drift,'
    ' kernel.check_partition_runway, kernel.partition_runway',
    'whoever watches the server may look'
);

SELECT * FROM finish();
ROLLBACK;
