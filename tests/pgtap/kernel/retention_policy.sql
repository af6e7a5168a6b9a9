BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
SET LOCAL ROLE strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.users (id bigint PRIMARY KEY, days integer, name text, born interval, gone integer);
COMMENT ON COLUMN probe.users.id IS E'The person.\n@subject';
ALTER TABLE probe.users DROP COLUMN gone;
CREATE TABLE probe.notes (
    user_id bigint NOT NULL REFERENCES probe.users (id),
    id bigint,
    at timestamptz NOT NULL,
    seen_at timestamptz,
    said_on date NOT NULL,
    "o'n""; --" timestamp NOT NULL,
    body text,
    address inet NOT NULL,
    size integer GENERATED ALWAYS AS (length(body)) STORED,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX notes_at_idx ON probe.notes (at);
CREATE INDEX notes_seen_idx ON probe.notes (seen_at) WHERE seen_at IS NOT NULL;
CREATE INDEX notes_said_idx ON probe.notes (said_on);
CREATE INDEX notes_odd_idx ON probe.notes ("o'n""; --");
CREATE INDEX notes_last_idx ON probe.notes (coalesce(seen_at, at));
CREATE INDEX notes_brin_idx ON probe.notes USING brin (at);
CREATE INDEX notes_part_idx ON probe.notes ((at AT TIME ZONE 'UTC')) WHERE size > 5;
ALTER TABLE probe.notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe.notes FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON probe.notes TO strongroom_owner USING (true) WITH CHECK (true);
CREATE TABLE probe.blind (user_id bigint PRIMARY KEY, at timestamptz NOT NULL);
CREATE INDEX blind_at_idx ON probe.blind (at);
ALTER TABLE probe.blind ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe.blind FORCE ROW LEVEL SECURITY;
CREATE TABLE probe.keyless (at timestamptz NOT NULL);
CREATE INDEX keyless_at_idx ON probe.keyless (at);
CREATE TABLE probe.parents (id bigint PRIMARY KEY, at timestamptz NOT NULL);
CREATE INDEX parents_at_idx ON probe.parents (at);
CREATE TABLE probe.children (id bigint PRIMARY KEY, parent bigint REFERENCES probe.parents (id));
CREATE TABLE probe.wide (user_id bigint, at timestamptz, PRIMARY KEY (user_id, at)) PARTITION BY RANGE (at);
CREATE TABLE probe.wide_1 PARTITION OF probe.wide FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
CREATE TABLE probe.periods (user_id bigint, id integer PRIMARY KEY, days integer);
CREATE TABLE probe.uuids (user_id uuid PRIMARY KEY, days integer);
CREATE VIEW probe.seen AS SELECT n.at FROM probe.notes AS n;
RESET ROLE;
CREATE TABLE probe.foreign (user_id bigint PRIMARY KEY, at timestamptz NOT NULL);

SET LOCAL ROLE strongroom_owner;
CREATE FUNCTION pg_temp.detail(p_columns text, p_values text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    v_detail text;
BEGIN
    EXECUTE format(
        'INSERT INTO kernel.retention_policy (name, reason, %s) VALUES (''probe'', ''why'', %s)',
        p_columns, p_values
    );
    DELETE FROM kernel.retention_policy WHERE name = 'probe';
    RETURN 'taken';
EXCEPTION
    WHEN SQLSTATE 'KR030' THEN
        GET STACKED DIAGNOSTICS v_detail = PG_EXCEPTION_DETAIL;
        RETURN v_detail;
END;
$$;

-- Policies that can be carried out.
SET LOCAL quote_all_identifiers = on;
SELECT is(
    pg_temp.detail('relation, action, time_expression, keep_for', $$'probe.notes', 'delete', 'at', '1 year'$$), 'taken',
    'in a session that quotes every name'
);
SET LOCAL quote_all_identifiers = off;
SELECT is(pg_temp.detail(t.columns, t.values), 'taken', t.what)
FROM (
    VALUES
        ('relation, action, time_expression, keep_for', $$'probe.notes', 'delete', 'at', '1 year'$$,
            'rows by a column'),
        ('relation, action, time_expression, keep_for', $$'probe.notes', 'delete', 'said_on', '1 year'$$,
            'by a date'),
        ('relation, action, time_expression, keep_for', $$'probe.notes', 'delete', 'at', '0'$$,
            'rows whose time is their end'),
        ('relation, action, time_expression, keep_for, keep_nulls',
            $$'probe.notes', 'delete', 'seen_at', '1 year', true$$,
            'by a column that may be empty, if that is meant, and an index of the others'),
        ('relation, action, time_expression, keep_for, keep_nulls',
            $$'probe.notes', 'delete', 'COALESCE(seen_at, at)', '1 year', true$$, 'by an expression'),
        ('relation, action, time_expression, keep_for, columns',
            $$'probe.notes', 'null', 'at', '1 year', '{body}'$$, 'columns to be emptied'),
        ('relation, action, time_expression, keep_for, columns, mask_expression',
            $$'probe.notes', 'mask', 'at', '1 year', '{address}', 'set_masklen(address::cidr, 24)::inet'$$,
            'a column to be masked'),
        ('relation, action, time_expression, keep_for, override_table, override_column, override_min_days,'
            ' override_max_days, statutory_minimum',
            $$'probe.notes', 'delete', 'at', '1 year', 'probe.users', 'days', 30, 3650, '60 days'$$,
            'periods of people within bounds, above the statutory minimum')
) AS t (columns, values, what);

-- Policies that can't.
SELECT is(pg_temp.detail(t.columns, t.values), t.detail, t.what)
FROM (
    VALUES
        ('relation, action, time_expression, keep_for', $$'probe.seen', 'delete', 'at', '1 year'$$,
            'It is no table.', 'a view'),
        ('relation, action, time_expression, keep_for', $$'probe.wide_1', 'delete', 'at', '1 year'$$,
            'It is a partition: the policy belongs to its root.', 'a partition'),
        ('relation, action, time_expression, keep_for', $$'pg_catalog.pg_class', 'delete', 'at', '1 year'$$,
            'It is in no schema of an app.', 'a catalogue'),
        ('relation, action, time_expression, keep_for', $$'probe.foreign', 'delete', 'at', '1 year'$$,
            'It belongs to postgres, not to strongroom_owner.', 'somebody else''s table'),
        ('relation, action, time_expression, keep_for', $$'probe.blind', 'delete', 'at', '1 year'$$,
            'Its owner has no policy for all rows, and would find none to destroy.', 'a table that hides its rows'),
        ('relation, action, time_expression, keep_for', $$'probe.keyless', 'delete', 'at', '1 year'$$,
            'It has no primary key.', 'a table without a key'),
        ('relation, action, time_expression, keep_for', $$'probe.parents', 'delete', 'at', '1 year'$$,
            'The foreign key children_parent_fkey of probe.children has no index.', 'a reference without an index'),
        ('relation, action, time_expression, keep_for', $$'probe.notes', 'delete', 'body', '1 year'$$,
            'No valid btree index of it begins with the time body; its indexes begin with "o''n""; --",'
            ' (at AT TIME ZONE ''UTC''::text), COALESCE(seen_at, at), at, said_on,'
            ' seen_at, user_id.', 'a time without an index'),
        ('relation, action, time_expression, keep_for', $$'probe.notes', 'delete', '"o''n""; --"', '1 year'$$,
            'Its time is timestamp without time zone, and neither timestamptz nor date.', 'a time without a zone'),
        ('relation, action, time_expression, keep_for', $$'probe.notes', 'delete', 'seen_at', '1 year'$$,
            'Its time may be NULL, which would keep a row for ever; set keep_nulls if that is meant.',
            'a time that may be missing'),
        ('relation, action, time_expression, keep_for, statutory_minimum',
            $$'probe.notes', 'delete', 'at', '1 year', '366 days'$$,
            'It keeps rows for less than the statutory minimum.', 'less than the law wants'),
        ('relation, action, time_expression, keep_for, columns',
            $$'probe.notes', 'null', 'at', '1 year', '{body,nothing}'$$,
            'It has no column nothing.', 'an unknown column'),
        ('relation, action, time_expression, keep_for, columns',
            $$'probe.notes', 'null', 'at', '1 year', '{address}'$$,
            'Its column address may not be NULL.', 'a column that may not be empty'),
        ('relation, action, time_expression, keep_for, columns',
            $$'probe.notes', 'null', 'at', '1 year', '{id}'$$,
            'Its column id may not be NULL.', 'a column of the key'),
        ('relation, action, time_expression, keep_for, columns, mask_expression',
            $$'probe.notes', 'mask', 'at', '1 year', '{user_id}', '0'$$,
            'Its column user_id is of the primary key.', 'a mask over the key'),
        ('relation, action, time_expression, keep_for, columns, mask_expression',
            $$'probe.notes', 'mask', 'at', '1 year', '{size}', '0'$$,
            'Its column size is generated.', 'a generated column'),
        ('relation, action, time_expression, keep_for, columns, mask_expression',
            $$'probe.notes', 'mask', 'at', '1 year', '{at}', 'now()'$$,
            'Its column at is the time that it counts from.', 'the time itself'),
        ('relation, action, time_expression, keep_for, columns, mask_expression',
            $$'probe.notes', 'mask', 'at', '1 year', '{body}', 'random()::text'$$,
            'Its mask is no immutable expression of a row: generation expression is not immutable.',
            'a mask that is never the same'),
        ('relation, action, time_expression, keep_for, columns, mask_expression',
            $$'probe.notes', 'mask', 'at', '1 year', '{body}', '(SELECT ''x'')'$$,
            'Its mask is no immutable expression of a row: cannot use subquery in column generation expression.',
            'a mask that asks other tables'),
        ('relation, action, time_expression, keep_for, columns, mask_expression',
            $$'probe.notes', 'mask', 'at', '1 year', '{address}', '''nowhere'''$$,
            'Its mask is no immutable expression of a row: invalid input syntax for type inet: "nowhere".',
            'a mask of another type'),
        ('relation, action, time_expression, keep_for, override_table, override_column, override_min_days,'
            ' override_max_days', $$'probe.notes', 'delete', 'at', '1 year', 'probe.users', 'month', 1, 9$$,
            'probe.users has no column month.', 'periods that are not there'),
        ('relation, action, time_expression, keep_for, override_table, override_column, override_min_days,'
            ' override_max_days', $$'probe.notes', 'delete', 'at', '1 year', 'probe.users', 'name', 1, 9$$,
            'probe.users.name is no number of days (integer).', 'periods that are no days'),
        ('relation, action, time_expression, keep_for, override_table, override_column, override_min_days,'
            ' override_max_days', $$'probe.notes', 'delete', 'at', '1 year', 'probe.periods', 'days', 1, 9$$,
            'A person may have several rows in probe.periods.', 'several periods of one person'),
        ('relation, action, time_expression, keep_for, override_table, override_column, override_min_days,'
            ' override_max_days', $$'probe.notes', 'delete', 'at', '1 year', 'probe.uuids', 'days', 1, 9$$,
            'People are bigint in it, and uuid in probe.uuids.', 'periods of people of another kind'),
        ('relation, action', $$'probe.wide', 'drop'$$,
            'kernel.partition_policy doesn''t say when its partitions are dropped.', 'partitions that stay')
) AS t (columns, values, detail, what);

SELECT matches(pg_temp.detail(t.columns, t.values), '^No valid btree index of it begins with', t.what)
FROM (
    VALUES
        ('relation, action, time_expression, keep_for',
            $$'probe.notes', 'delete', '(at AT TIME ZONE ''UTC''::text)', '1 year'$$,
            'an index of some rows only does not do'),
        ('relation, action, time_expression, keep_for',
            $$'probe.notes', 'delete', 'at) OR (true', '1 year'$$, 'SQL that is no index key is never run')
) AS t (columns, values, what);

-- Policies that say too little or too much.
SELECT throws_ok(
    format('INSERT INTO kernel.retention_policy (reason, relation, %s) VALUES (''why'', ''probe.notes'', %s)',
        t.columns, t.values),
    t.code, NULL, t.what
)
FROM (
    VALUES
        ('name, action, time_expression, keep_for', $$'Not this', 'delete', 'at', '1 year'$$, '23514', 'a name'),
        ('name, action, time_expression, keep_for', $$'x', 'burn', 'at', '1 year'$$, '23514', 'an action'),
        ('name, action, time_expression', $$'x', 'delete', 'at'$$, '23514', 'how long'),
        ('name, action, keep_for', $$'x', 'delete', '1 year'$$, 'KR030', 'from when'),
        ('name, action, time_expression, keep_for', $$'x', 'delete', 'at', '-1 day'$$, '23514', 'the past'),
        ('name, action, time_expression, keep_for', $$'x', 'null', 'at', '1 year'$$, '23514', 'which columns'),
        ('name, action, time_expression, keep_for, columns', $$'x', 'delete', 'at', '1 year', '{body}'$$, '23514',
            'columns of rows that go'),
        ('name, action, time_expression, keep_for, override_column', $$'x', 'delete', 'at', '1 year', 'days'$$,
            '23514', 'half an override'),
        ('name, action, time_expression, keep_for, override_table, override_column, override_min_days,'
            ' override_max_days', $$'x', 'delete', 'at', '1 year', 'probe.users', 'days', 9, 1$$, '23514',
            'bounds the wrong way round')
) AS t (columns, values, code, what);

SELECT lives_ok(
    $$INSERT INTO kernel.retention_policy (name, relation, action, time_expression, keep_for, reason)
    VALUES ('notes', 'probe.notes', 'delete', 'at', '1 year', 'why')$$, 'a policy is made'
);
SELECT throws_ok(
    $$UPDATE kernel.retention_policy SET time_expression = 'seen_at' WHERE name = 'notes'$$, 'KR030', NULL,
    'and checked again when it changes'
);
SELECT hasnt_table('pg_temp', 'retention_probe', 'trying a mask leaves nothing behind');

-- Who may do what.
RESET ROLE;
SELECT throws_ok(
    format('SET LOCAL ROLE %s; %s', reader.role, attempt.statement), '42501', NULL,
    format('%s can''t: %s', reader.role, attempt.statement)
)
FROM (
    VALUES ('strongroom_client'), ('strongroom_login'), ('tarot_app'), ('tarot_worker'), ('strongroom_definer')
) AS reader (role)
CROSS JOIN (
    VALUES
        ('SELECT FROM kernel.retention_policy'), ('SELECT kernel.apply_retention()'),
        ($$SELECT kernel.apply_retention('notes')$$), ('SELECT kernel.retention_preview()'),
        ($$SELECT kernel.retention_lag('1 day')$$), ('SELECT FROM kernel.check_retention_lag'),
        ('SELECT FROM kernel.check_hold_expiry')
) AS attempt (statement);
SELECT throws_ok(
    'SET LOCAL ROLE strongroom_runner; ' || attempt.statement, '42501', NULL, 'the runner can''t: ' || attempt.statement
)
FROM (
    VALUES
        ($$UPDATE kernel.retention_policy SET keep_for = '0'$$), ('DELETE FROM kernel.retention_policy'),
        ($$INSERT INTO kernel.retention_policy (name, relation, action, time_expression, keep_for, reason)
        VALUES ('x', 0, 'delete', 'at', '1 year', 'why')$$),
        ($$SELECT kernel.destroy_rows('notes', 0, 'true', '{}', 1, true)$$),
        ($$SELECT kernel.sweep_rows('notes', now(), 1, now())$$),
        ($$SELECT kernel.sweep_partitions('notes', 1, now())$$), ($$SELECT kernel.end_sweeps()$$),
        ($$SELECT kernel.note_batch('notes', 1, NULL)$$)
) AS attempt (statement);

SELECT * FROM finish();
ROLLBACK;
