CREATE TABLE kernel.counter (
    app text NOT NULL,
    name text NOT NULL,
    id integer GENERATED ALWAYS AS IDENTITY,
    relation regclass NOT NULL,
    by_columns text[] NOT NULL,
    day_column text,
    sum_column text,
    condition text,
    on_erase text NOT NULL,
    is_live boolean NOT NULL GENERATED ALWAYS AS (name LIKE '%\_live') STORED,
    backfilled_at timestamptz,
    folded_at timestamptz,
    CONSTRAINT counter_pkey PRIMARY KEY (app, name),
    CONSTRAINT counter_id_key UNIQUE (id),
    -- Room for what is made of it: t60_<name>_truncate, <name>_totals_pkey.
    CONSTRAINT counter_name_check CHECK (name ~ '^[a-z][a-z0-9_]{0,34}_(ever|live)$'),
    CONSTRAINT counter_on_erase_check CHECK (on_erase IN ('delete', 'anonymise'))
);

COMMENT ON TABLE kernel.counter IS
'What is counted, one row a counter. kernel.count() writes it, kernel.drop_counter() removes it.';
COMMENT ON COLUMN kernel.counter.app IS
'The schema of the table that is counted; the counter is there, too.';
COMMENT ON COLUMN kernel.counter.name IS
'Name of the counter''s view. It ends in _live (rows that are there) or _ever (deleted ones, too).';
COMMENT ON COLUMN kernel.counter.id IS
'The second half of the counter''s advisory lock.';
COMMENT ON COLUMN kernel.counter.relation IS
'The table whose rows are counted.';
COMMENT ON COLUMN kernel.counter.by_columns IS
'The columns by whose values rows are counted apart.';
COMMENT ON COLUMN kernel.counter.day_column IS
'The instant by whose day in UTC rows are counted apart, or NULL.';
COMMENT ON COLUMN kernel.counter.sum_column IS
'The column that is added up, or NULL.';
COMMENT ON COLUMN kernel.counter.condition IS
'An expression over the columns, true for rows that count; NULL where all do.';
COMMENT ON COLUMN kernel.counter.on_erase IS
'What becomes of the totals of an erased person when their rows are gone: delete, or anonymise, which
adds them to those of nobody.';
COMMENT ON COLUMN kernel.counter.is_live IS
'Whether rows that are deleted stop counting.';
COMMENT ON COLUMN kernel.counter.backfilled_at IS
'When the rows that were there before the counter were counted; NULL while they aren''t.';
COMMENT ON COLUMN kernel.counter.folded_at IS
'When all deltas that were there were last folded into totals.';

ALTER TABLE kernel.counter ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.counter FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.counter
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.counter
FOR SELECT TO strongroom_runner USING (true);

GRANT SELECT ON kernel.counter TO strongroom_runner;

INSERT INTO kernel.job (name, function_name, schedule, timeout, priority)
VALUES
    ('fold_counters', 'kernel.fold_counters()', '10 seconds', '1 minute', 50),
    ('backfill_counters', 'kernel.backfill_counters()', '1 minute', '1 hour', 500)
ON CONFLICT DO NOTHING;
