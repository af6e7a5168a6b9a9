BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(110);

\ir _counted.sql

-- How many groups of a counter are not what its rows come to.
CREATE FUNCTION probe.wrong(
    p_name text, p_by text, p_values text DEFAULT NULL, p_sum text DEFAULT NULL,
    p_where text DEFAULT 'true'
)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_count bigint;
BEGIN
    EXECUTE format(
        'WITH a AS (SELECT %1$s, count(*)::bigint, coalesce(sum(%2$s), 0) FROM probe.orders'
        ' WHERE %3$s GROUP BY %1$s), b AS (SELECT %4$s, counted, %5$s FROM probe.%6$s)'
        ' SELECT count(*) FROM ((TABLE a EXCEPT TABLE b) UNION ALL (TABLE b EXCEPT TABLE a)) AS d',
        coalesce(p_values, p_by), coalesce(p_sum, '0'), p_where, p_by,
        CASE WHEN p_sum IS NULL THEN '0' ELSE 'summed' END, p_name
    ) INTO v_count;
    RETURN v_count;
END $$;
CREATE FUNCTION probe.wrong_ones() RETURNS text LANGUAGE plpgsql AS $$BEGIN
    RETURN concat_ws(
        ', ',
        'what ' || nullif(probe.wrong(
            'what_live', 'user_id, "what; ""is''%I"', p_sum => 'amount'
        ), 0),
        'status ' || nullif(probe.wrong(
            'status_live', 'status, day', 'status, (at AT TIME ZONE ''UTC'')::date',
            p_where => 'amount > 3 OR new_rows = tg_op'
        ), 0),
        'all ' || (
            SELECT 1 FROM probe.all_live AS a
            WHERE a.counted <> (SELECT count(*) FROM probe.orders)
               OR a.summed <> (SELECT coalesce(sum(id), 0) FROM probe.orders)
        )
    );
END$$;

-- What can't be declared.
CREATE FUNCTION probe.refusal(p_arguments text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_detail text;
BEGIN
    EXECUTE 'SELECT kernel.count(' || p_arguments || ')';
    RETURN 'none';
EXCEPTION WHEN SQLSTATE 'KR051' THEN
    GET STACKED DIAGNOSTICS v_detail = PG_EXCEPTION_DETAIL;
    RETURN v_detail;
END $$;
CREATE VIEW probe.seen AS SELECT 1 AS a;
CREATE TABLE probe.root (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE probe.part PARTITION OF probe.root FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE probe.parent (id integer);
CREATE TABLE probe.child () INHERITS (probe.parent);
CREATE TABLE probe.floats (a float8, b money, c text, counted integer, day date, at timestamptz);
ALTER TABLE probe.floats ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SELECT is(probe.refusal($$'probe.floats', 'a_live'$$), 'its owner has no policy for all rows, and would count none',
    'what the owner can''t see is not counted');
ALTER TABLE probe.floats NO FORCE ROW LEVEL SECURITY;
SELECT is(probe.refusal($$NULL, 'a_live'$$), 'it is no table', 'nothing is not counted');
SELECT is(probe.refusal($$'probe.seen', 'a_live'$$), 'it is no table', 'nor is a view');
SELECT is(probe.refusal($$'pg_catalog.pg_class', 'a_live'$$), 'it is not in an app''s schema',
    'nor what belongs to no app');
SELECT is(probe.refusal($$'kernel.job', 'a_live'$$), 'it is not in an app''s schema', 'nor the kernel');
SELECT is(probe.refusal($$'probe.part', 'a_live'$$),
    'it is a partition, or has inheriting tables: count the whole', 'nor a partition');
SELECT is(probe.refusal($$'probe.parent', 'a_live'$$),
    'it is a partition, or has inheriting tables: count the whole', 'nor a part of an inheritance');
SELECT is(probe.refusal($$'probe.orders', 'orders'$$),
    'a name is a word of at most 40 characters that ends in _ever or _live', 'a name says which');
SELECT is(probe.refusal($$'probe.orders', 'a; DROP_live'$$),
    'a name is a word of at most 40 characters that ends in _ever or _live', 'and is a word');
SELECT is(probe.refusal(format($$'probe.orders', %L$$, repeat('a', 36) || '_live')),
    'a name is a word of at most 40 characters that ends in _ever or _live', 'and not too long');
SELECT is(probe.refusal($$'probe.orders', 'a_live', '{gone}'$$), 'it has no column gone',
    'columns exist');
SELECT is(probe.refusal($$'probe.orders', 'a_live', '{ctid}'$$), 'it has no column ctid',
    'and are the table''s');
SELECT is(probe.refusal($$'probe.orders', 'a_live', '{id,id}'$$),
    'a column to count by is named twice', 'once');
SELECT is(probe.refusal($$'probe.orders', 'a_live', '{NULL}'$$),
    'a column to count by has no name', 'and named');
SELECT is(probe.refusal($$'probe.floats', 'a_live', '{counted}'$$),
    'a column to count by is named like one that a counter makes', 'otherwise than ours');
SELECT is(probe.refusal($$'probe.floats', 'a_live', '{day}', p_day => 'at'$$),
    'a column to count by is named like one that a counter makes', 'which day may be');
SELECT is(probe.refusal($$'probe.floats', 'a_live', p_sum => 'a'$$),
    'column a can''t be added up exactly', 'floats lose what they add');
SELECT is(probe.refusal($$'probe.floats', 'a_live', p_sum => 'b'$$),
    'column b can''t be added up exactly', 'money depends on the locale');
SELECT is(probe.refusal($$'probe.floats', 'a_live', p_day => 'day'$$),
    'column day is no timestamptz', 'a day is that of an instant');
SELECT is(probe.refusal($$'probe.floats', 'a_live', p_on_erase => 'forget'$$),
    'on erasure, totals are deleted or anonymised', 'erasure is one of two');
SELECT throws_ok($$SELECT kernel.count('probe.orders', 'a_live', p_where => 'amount >')$$, '42601',
    NULL, 'a condition is an expression');
SELECT throws_ok($$SELECT kernel.count('probe.orders', 'a_live', p_where => 'amount')$$, '42804',
    NULL, 'that is true or not');
SELECT throws_ok($$SELECT kernel.count('probe.orders', 'a_live', p_where => 'at < now()')$$, '42P17',
    NULL, 'whenever it is asked');
SELECT throws_ok(
    $$SELECT kernel.count('probe.orders', 'a_live', p_where => 'EXISTS (SELECT FROM probe.root)')$$,
    '0A000', NULL, 'of its row alone');
SELECT is_empty($$SELECT FROM kernel.counter WHERE app = 'probe'$$, 'and nothing is left of a refusal');
RESET ROLE;
CREATE SCHEMA lone AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA lone IS E'An app without roles.\n@app';
CREATE TABLE lone.things (id integer);
SELECT is(probe.refusal($$'lone.things', 'a_live'$$), 'there is no role lone_definer to write deltas',
    'who writes has a role');
SELECT is(probe.refusal($$'probe.orders', 'a_live'$$), 'it belongs to strongroom_owner',
    'the owner declares, so that all belongs to one');
SET LOCAL ROLE probe_app;
SELECT throws_ok($$SELECT kernel.count('probe.orders', 'a_live')$$, '42501', NULL, 'and no app does');
SET LOCAL ROLE strongroom_owner;

-- Declared over rows that are there.
INSERT INTO probe.orders (user_id, id, "what; ""is'%I", amount)
VALUES (1, 1, 'a', 5), (1, 2, NULL, 7), (2, 1, 'a', NULL);
SELECT kernel.count('probe.orders', 'what_live', ARRAY['user_id', 'what; "is''%I'], 'amount');
SELECT kernel.count(
    'probe.orders', 'status_live', '{status}', p_where => 'amount > 3 OR new_rows = tg_op', p_day => 'at'
);
SELECT kernel.count('probe.orders', 'all_live', p_sum => 'id');
SELECT kernel.count('probe.orders', 'kept_ever', '{user_id,status}', 'amount');
SELECT kernel.count('probe.orders', 'anon_ever', '{user_id}', p_on_erase => 'anonymise');
SELECT is(probe.wrong_ones(), '', '[C-21] rows that were there are counted');
SELECT lives_ok($$SELECT kernel.count('probe.orders', 'all_live', p_sum => 'id')$$,
    'the same declaration may be made again');
SELECT throws_ok($$SELECT kernel.count('probe.orders', 'all_live')$$, 'KR052', NULL,
    'another one under the same name may not');

-- Followed, by the person's own statements.
RESET ROLE;
SELECT set_config('kernel.user_id', '1', true);
SET LOCAL ROLE probe_app;
INSERT INTO probe.orders (user_id, id, "what; ""is'%I", amount, at)
SELECT 1, n, chr(96 + n), n, '2026-05-01 23:30-01' FROM generate_series(3, 9) AS n;
RESET ROLE;
SET LOCAL ROLE strongroom_owner;
SELECT is(probe.wrong_ones(), '', '[C-23] inserted rows are counted');
UPDATE probe.orders SET status = 'paid', amount = amount + 1 WHERE id > 4;
SELECT is(probe.wrong_ones(), '', '[C-23] rows that change groups and sums are');
UPDATE probe.orders SET user_id = 3 WHERE id = 5;
SELECT is(probe.wrong_ones(), '', 'rows that change their person are');
UPDATE probe.orders SET new_rows = 1, tg_op = 1, amount = NULL WHERE id IN (1, 6);
SELECT is(probe.wrong_ones(), '', 'rows that begin to count are');
UPDATE probe.orders SET tg_op = 2 WHERE id = 6;
SELECT is(probe.wrong_ones(), '', 'rows that stop counting are');
SELECT is(kernel.fold_counter('probe', 'what_live', 3), 3::bigint, 'a part is folded');
SELECT is(probe.wrong_ones(), '', 'and nobody sees a difference');
DO $$BEGIN
    PERFORM kernel.fold_counter(c.app, c.name, 1)
    FROM generate_series(1, 12), (SELECT * FROM kernel.counter ORDER BY id) AS c;
END$$;
SELECT is(probe.wrong_ones(), '', 'however small the parts');
DELETE FROM probe.orders WHERE id > 5;
SELECT is(probe.wrong_ones(), '', '[C-23] deleted rows are taken away');
INSERT INTO probe.orders (user_id, id, amount) VALUES (1, 1, 100), (9, 9, 9)
ON CONFLICT (user_id, id) DO UPDATE SET amount = EXCLUDED.amount;
SELECT is(probe.wrong_ones(), '', 'an upsert is an insert and an update');
MERGE INTO probe.orders AS o USING (VALUES (1, 1), (2, 1), (7, 7)) AS s (user_id, id)
ON o.user_id = s.user_id AND o.id = s.id
WHEN MATCHED AND o.user_id = 2 THEN DELETE
WHEN MATCHED THEN UPDATE SET status = 'merged'
WHEN NOT MATCHED THEN INSERT (user_id, id, amount) VALUES (s.user_id, s.id, 3);
SELECT is(probe.wrong_ones(), '', 'a MERGE is all of them');
-- One row in a statement is not grouped.
SAVEPOINT before;
DO $$BEGIN PERFORM kernel.fold_counter('probe', 'all_live', NULL); END$$;
INSERT INTO probe.orders (user_id, id, amount) SELECT 8, n, n FROM generate_series(20, 49) AS n;
SELECT is((SELECT count(*) FROM probe.all_live_deltas), 1::bigint,
    'what many rows of one statement come to is appended once a group');
INSERT INTO probe.orders (user_id, id, amount) VALUES (8, 8, NULL);
SELECT is(probe.wrong_ones(), '', 'a single row is counted, also of what is NULL');
INSERT INTO probe.orders (user_id, id, amount, tg_op) VALUES (8, 9, -2147483648, 1);
SELECT is(probe.wrong_ones(), '', 'and of the lowest figure');
DELETE FROM probe.orders WHERE id = 9 AND user_id = 8;
SELECT is(probe.wrong_ones(), '', '[C-23] which goes again, though its negative is no integer');
DELETE FROM probe.orders WHERE id = 8 AND user_id = 8;
SELECT is(probe.wrong_ones(), '', 'as every single row does');
ROLLBACK TO before;
SAVEPOINT before;
DELETE FROM probe.orders;
SELECT is(probe.wrong_ones(), '', 'of nothing there is nothing');
SELECT results_eq('SELECT counted, summed FROM probe.all_live', $$VALUES (0::bigint, 0::bigint)$$,
    'save where all rows are one group');
SELECT is_empty('SELECT FROM probe.what_live', 'a group without rows is none');
DO $$BEGIN PERFORM kernel.fold_counter('probe', 'what_live', NULL); END$$;
SELECT is_empty('SELECT FROM probe.what_live_totals', 'and is not kept');
ROLLBACK TO before;
SELECT is(probe.wrong_ones(), '', 'what is rolled back was never counted');
SELECT throws_ok('TRUNCATE probe.orders', 'KR054', NULL, 'what is counted is not truncated');

-- Ever.
SELECT results_eq(
    $$SELECT user_id, counted FROM probe.anon_ever ORDER BY 1$$,
    $$VALUES (1::bigint, 8::bigint), (2, 1), (3, 1), (7, 1), (9, 1)$$,
    'deleted rows stay counted, moved ones move'
);
SELECT is((SELECT sum(summed) FROM probe.kept_ever WHERE status = 'paid'), 33::numeric,
    'and so do their sums');

-- Recounting.
SELECT is(kernel.recount('probe', 'what_live'), 0::bigint, 'nothing is wrong');
ALTER TABLE probe.orders DISABLE TRIGGER USER;
INSERT INTO probe.orders (user_id, id, amount) VALUES (4, 1, 1), (4, 2, 2), (1, 50, 1);
DELETE FROM probe.orders WHERE user_id = 7;
ALTER TABLE probe.orders ENABLE TRIGGER USER;
SELECT is(kernel.recount('probe', 'what_live', false), 3::bigint, 'what is wrong is found');
SELECT isnt(probe.wrong_ones(), '', 'and left, if only that is asked');
DO $$BEGIN PERFORM kernel.recount(c.app, c.name) FROM (SELECT * FROM kernel.counter WHERE app = 'probe') AS c; END$$;
SELECT is(probe.wrong_ones(), '', 'or mended');
SELECT is((SELECT counted FROM probe.anon_ever WHERE user_id = 7), 1::bigint,
    'what was ever is not made undone by a recount');
ALTER POLICY all_owner ON probe.orders USING (amount > 0);
SELECT throws_ok($$SELECT kernel.recount('probe', 'what_live')$$, 'KR051', NULL, 'nor are figures mended by what is hidden');
ALTER POLICY all_owner ON probe.orders USING (true);
SELECT throws_ok($$SELECT kernel.recount('probe', 'nothing_live')$$, 'KR053', NULL,
    'what is not counted is not recounted');

-- Later.
SELECT kernel.count('probe.orders', 'late_live', '{user_id}', p_backfill => false);
SELECT is_empty('SELECT FROM probe.late_live', 'a counter may be filled later');
SELECT is((SELECT string_agg(detail, ';') FROM kernel.check_counter_lag),
    'probe.late_live: the rows that were there before it are not counted yet.', 'which is a finding');
INSERT INTO probe.orders (user_id, id) VALUES (4, 3);
SELECT is(kernel.backfill_counters(), 1::bigint, 'by a job');
SELECT is(kernel.backfill_counters(), 0::bigint, 'once');
SELECT is(probe.wrong('late_live', 'user_id'), 0::bigint, 'that counts no row twice');

-- Jobs and checks.
SELECT cmp_ok(kernel.fold_counters(), '>', 3::bigint, 'a job folds every counter');
SELECT is(kernel.fold_counters(), 0::bigint, 'and leaves what comes at once to the next run');
SELECT is(probe.wrong_ones(), '', 'which nobody sees');
SELECT is_empty('SELECT detail FROM kernel.check_counter_lag', 'nothing waits then');
SELECT is_empty('SELECT detail FROM kernel.check_counter_drift', 'nor has anything drifted');
INSERT INTO probe.orders (user_id, id) VALUES (4, 4);
UPDATE kernel.counter SET folded_at = now() - interval '16 minutes' WHERE name = 'late_live';
SELECT is((SELECT string_agg(detail, ';') FROM kernel.check_counter_lag),
    'probe.late_live: 1 deltas or more wait.', 'what is folded too late is a finding');

-- Places that are free again are filled, so what came last may be folded first.
INSERT INTO probe.orders (user_id, id, amount) VALUES (50, 1, 5);
DO $$BEGIN PERFORM kernel.fold_counter('probe', 'what_live', NULL); END$$;
UPDATE probe.orders SET amount = 9 WHERE user_id = 50;
DELETE FROM probe.orders WHERE user_id = 50;
INSERT INTO probe.orders (user_id, id, amount) VALUES (50, 2, 3);
WITH gone AS (DELETE FROM probe.what_live_deltas RETURNING *)
INSERT INTO probe.what_live_deltas (counted, summed, user_id)
SELECT g.counted, g.summed, g.user_id FROM gone AS g ORDER BY g.summed;
DO $$BEGIN
    PERFORM kernel.fold_counter('probe', 'what_live', 1) FROM generate_series(1, 3);
END$$;
SELECT is(probe.wrong_ones(), '', 'no half of a change is lost when its group is empty meanwhile');
DELETE FROM probe.orders WHERE user_id = 50;

-- Erasure.
SELECT is(kernel.erase_counters('probe', '1'), 4::bigint, 'a person is erased from what was ever');
SELECT is_empty($$SELECT FROM probe.kept_ever WHERE user_id = 1$$, 'their totals are gone');
SELECT results_eq($$SELECT user_id, counted FROM probe.anon_ever WHERE user_id IS NULL OR user_id = 1$$,
    $$VALUES (NULL::bigint, 8::bigint)$$, 'or are nobody''s');
SELECT is(probe.wrong_ones(), '', 'what is live is counted as long as the rows are there');
DELETE FROM probe.orders WHERE user_id = 1;
SELECT is(kernel.erase_counters('probe', '1'), 0::bigint, 'once is enough');
SELECT is_empty($$SELECT FROM probe.what_live_totals WHERE user_id = 1
    UNION ALL SELECT FROM probe.what_live_deltas WHERE user_id = 1$$,
    'after the rows, no trace of the person is left');

-- Who reads, and who writes.
RESET ROLE;
SELECT set_config('kernel.user_id', '4', true);
SET LOCAL ROLE probe_app;
SELECT results_eq('SELECT DISTINCT user_id FROM probe.what_live', ARRAY[4::bigint],
    '[C-F3] a person reads what is counted of them alone');
SELECT results_eq(
    'SELECT DISTINCT user_id FROM probe.what_live_totals'
    ' UNION SELECT DISTINCT user_id FROM probe.what_live_deltas',
    ARRAY[4::bigint], 'in the tables behind it, too'
);
SELECT throws_ok('SELECT FROM probe.status_live', '42501', NULL,
    'what is not counted by person is for nobody, unless it is granted');
SELECT throws_ok($$INSERT INTO probe.what_live_deltas (user_id, counted, summed) VALUES (4, 9, 9)$$,
    '42501', NULL, 'figures are written by triggers alone');
SELECT throws_ok('DELETE FROM probe.what_live_totals', '42501', NULL, 'and totals by the job');
SELECT throws_ok($$SELECT kernel.fold_counters()$$, '42501', NULL, 'which an app does not run');
SELECT throws_ok($$SELECT kernel.erase_counters('probe', '4')$$, '42501', NULL, 'nor does it erase');
RESET ROLE;
SET LOCAL ROLE probe_definer;
SELECT throws_ok('SELECT FROM probe.what_live_deltas', '42501', NULL,
    'who appends can''t read what others appended');
RESET ROLE;
SET LOCAL ROLE strongroom_runner;
SELECT lives_ok('SELECT FROM kernel.counter', 'the runner sees what is counted');
SELECT throws_ok($$UPDATE kernel.counter SET condition = 'true'$$, '42501', NULL,
    'and can''t declare it otherwise');
RESET ROLE;
SET LOCAL ROLE strongroom_owner;
SELECT is(
    (
        SELECT string_agg(format('%s %s', r.name, p.name), ', ' ORDER BY r.name, p.name)
        FROM (
            VALUES ('tarot_app'), ('tarot_worker'), ('strongroom_client'), ('strongroom_definer'),
            ('strongroom_login'), ('strongroom_runner')
        ) AS r (name)
        CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) AS p (name)
        WHERE has_table_privilege(r.name, 'kernel.counter', p.name)
    ),
    'strongroom_runner SELECT',
    'the runner reads what is counted, and nobody else does'
);
SELECT is(
    (SELECT string_agg(d.column_name || ' ' || coalesce(d.kind, d.class), ', ' ORDER BY d.position)
    FROM kernel.data_map AS d WHERE d.relation = 'probe.what_live_totals'::regclass),
    'counted internal, summed financial, user_id internal, what; "is''%I content, total_id internal',
    'columns of totals are as personal as those that they come from'
);

-- What has drifted.
SAVEPOINT before;
ALTER TABLE probe.orders DISABLE TRIGGER t60_what_live_delete;
DROP TRIGGER t60_all_live_insert ON probe.orders;
ALTER TABLE probe.orders RENAME COLUMN amount TO price;
ALTER TABLE probe.orders ALTER COLUMN status TYPE varchar;
CREATE OR REPLACE FUNCTION probe.tg_count_late_live() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NULL; END';
SELECT set_eq('SELECT detail FROM kernel.check_counter_drift', ARRAY[
    'probe.what_live: trigger t60_what_live_delete of probe.orders is missing or not enabled.',
    'probe.all_live: trigger t60_all_live_insert of probe.orders is missing or not enabled.',
    'probe.what_live: column amount is gone.',
    'probe.kept_ever: column amount is gone.',
    'probe.status_live: column status has another type now.',
    'probe.kept_ever: column status has another type now.',
    'probe.late_live: its trigger function is not the one that was made for it.'
], 'what is not as it was declared is a finding');
DROP TABLE probe.orders CASCADE;
SELECT is(
    (SELECT count(*) FROM kernel.check_counter_drift WHERE detail LIKE '%its table is gone.'), 6::bigint,
    'so is a table that is gone'
);
ROLLBACK TO before;

-- Partitions.
SELECT kernel.count('probe.root', 'parts_live', '{id}');
SELECT kernel.count('probe.root', 'parts_ever', '{id}');
CREATE TABLE probe.next PARTITION OF probe.root FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
INSERT INTO probe.root SELECT n % 2, date '2026-12-30' + n FROM generate_series(0, 9) AS n;
UPDATE probe.root SET at = '2027-06-01' WHERE at = '2026-12-30';
SELECT results_eq('SELECT id, counted FROM probe.parts_live ORDER BY id',
    $$VALUES (0, 5::bigint), (1, 5)$$, 'rows of all partitions are counted, wherever they move');
SELECT is(
    (SELECT count(*) FROM kernel.check_counter_drift WHERE detail LIKE '%of probe.next is missing%'),
    6::bigint, 'a partition that was made past the kernel is a finding'
);
DO $$BEGIN PERFORM kernel.hang_counters('probe.next'); END$$;
INSERT INTO probe.part VALUES (7, '2026-02-01'), (8, '2026-02-02');
UPDATE probe.next SET id = 9 WHERE at = '2027-06-01';
DELETE FROM probe.part WHERE id = 7;
SELECT is(kernel.recount('probe', 'parts_live', false), 0::bigint,
    'what names the partition itself is counted, and once');
SELECT throws_ok('TRUNCATE probe.part', 'KR054', NULL, 'and not truncated');
SELECT is_empty($$SELECT detail FROM kernel.check_counter_drift WHERE detail LIKE '%parts_%'$$,
    'each partition has the triggers');
DELETE FROM probe.root WHERE id > 2;
SELECT is(kernel.adjust_counters_for('probe.next'), 2::bigint, 'a partition that goes is taken out');
DROP TABLE probe.next;
SELECT is(kernel.recount('probe', 'parts_live'), 0::bigint, 'exactly');
SELECT is((SELECT sum(counted) FROM probe.parts_ever), 12::numeric, 'and stays in what was ever');
ALTER TABLE probe.root DETACH PARTITION probe.part;
SELECT is(kernel.adjust_counters_for('probe.part'), 0::bigint, 'one that is detached has no root');
SELECT is(kernel.adjust_counters_for('probe.part', 'probe.root'), 1::bigint, 'unless it is named');
SELECT is_empty('SELECT FROM probe.parts_live', 'and is taken out, too');
INSERT INTO probe.part VALUES (1, '2026-02-01');
SELECT is_empty('SELECT FROM probe.parts_live', 'and counts no more');
SELECT is(kernel.adjust_counters_for('probe.orders'), 0::bigint, 'what is no partition is left alone');

-- Dropped.
DO $$BEGIN
    PERFORM kernel.drop_counter(c.app, c.name) FROM (SELECT app, name FROM kernel.counter WHERE app = 'probe') AS c;
END$$;
SELECT is_empty(
    $$SELECT relname FROM pg_class WHERE relnamespace = 'probe'::regnamespace
      AND relname ~ '_(live|ever)'
      UNION ALL
      SELECT proname FROM pg_proc
      WHERE pronamespace = 'probe'::regnamespace AND proname LIKE 'tg_count_%'
      UNION ALL
      SELECT tgname FROM pg_trigger
      WHERE tgrelid IN ('probe.orders'::regclass, 'probe.root'::regclass) AND tgname LIKE 't60_%'$$,
    'nothing is left of a counter that is dropped'
);
SELECT lives_ok('TRUNCATE probe.orders', 'nor does it stand in the way');
SELECT throws_ok($$SELECT kernel.drop_counter('probe', 'what_live')$$, 'KR053', NULL,
    'what is not counted can''t be dropped');
SELECT * FROM finish();
ROLLBACK;
