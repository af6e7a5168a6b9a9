-- Counters: exact totals that no writer waits for. Checks of counters and of jobs.
-- depends: 0009.kernel.create-retention
-- locks: none that anyone waits for; new tables and views

CREATE VIEW kernel.check_jobs
WITH (security_invoker = true)
AS
SELECT
    'jobs' AS name,
    'Maintenance does not run as it should' AS title,
    problem.level,
    'INTERNAL' AS facing,
    ARRAY['MAINTENANCE'] AS categories,
    'Partitions, retention, seals and totals depend on jobs that run in time.' AS description,
    format('Job %s: %s.', j.name, problem.text) AS detail,
    problem.remedy AS remediation,
    jsonb_build_object('job', j.name, 'problem', problem.kind) AS metadata,
    format('jobs:%s:%s', j.name, problem.kind) AS cache_key
FROM kernel.job AS j
CROSS JOIN LATERAL (
    SELECT
        'function', 'ERROR', format('%s can''t be run, for %s', j.function_name, p.text),
        'Mend the function, its grants, or the row of kernel.job.'
    FROM kernel.job_problem(j.function_name) AS p (text)
    WHERE p.text IS NOT NULL
    UNION ALL
    SELECT
        'overdue', 'WARN', format('due since %s', j.next_due_at),
        'Have strongroom maintain --loop run, or a scheduler call kernel.run_jobs().'
    WHERE j.next_due_at < now() - greatest(interval '1 hour', j.schedule)
      -- A run that is under way is late, but not forgotten.
      AND NOT EXISTS (
          SELECT FROM kernel.job_run AS r WHERE r.job = j.name AND r.outcome = 'running'
      )
    UNION ALL
    SELECT
        'failing', CASE WHEN f.failures < 10 THEN 'WARN' ELSE 'ERROR' END,
        format('failed %s times in a row, last with %s', f.failures, coalesce(f.code, 'no code')),
        'Look for the SQLSTATE in the server''s log at the time that kernel.job_run says.'
    FROM (
        SELECT count(*), (array_agg(r.error_code ORDER BY r.id DESC))[1]
        FROM kernel.job_run AS r
        WHERE r.job = j.name
          AND r.outcome IN ('failed', 'timeout', 'canceled', 'lost')
          AND r.id > coalesce((
              SELECT max(ok.id)
              FROM kernel.job_run AS ok
              WHERE ok.job = j.name AND ok.outcome IN ('done', 'more', 'stopped')
          ), 0)
    ) AS f (failures, code)
    WHERE f.failures >= 3
) AS problem (kind, level, text, remedy)
WHERE j.is_enabled;

COMMENT ON VIEW kernel.check_jobs IS
'Enabled jobs whose function can''t be run, that nobody ran for an hour or a schedule after they were
due, or that failed three times in a row (ERROR from ten on).';

GRANT SELECT ON kernel.check_jobs TO strongroom_runner;

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

CREATE VIEW kernel.check_counter_drift
WITH (security_invoker = true)
AS
SELECT
    'counter_drift' AS name,
    'A counter does not count as it was declared' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE'] AS categories,
    'A counter is exact as long as its triggers are there, enabled and made for the columns that'
    ' the table has.' AS description,
    format('%I.%I: %s.', c.app, c.name, problem.text) AS detail,
    format(
        'Mend the cause, then SELECT kernel.recount(%L, %L); or drop the counter and declare it again.',
        c.app, c.name
    ) AS remediation,
    jsonb_build_object('schema', c.app, 'name', c.name, 'problem', problem.text) AS metadata,
    format('counter_drift:%I.%I:%s', c.app, c.name, problem.text) AS cache_key
FROM kernel.counter AS c
LEFT JOIN pg_catalog.pg_class AS t ON t.oid = c.relation
LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname = c.app
CROSS JOIN LATERAL (
    SELECT 'its table is gone'
    WHERE t.oid IS NULL
    UNION ALL
    SELECT format('column %I is gone', w.name)
    FROM unnest(c.by_columns || ARRAY[c.day_column, c.sum_column]) AS w (name)
    WHERE w.name IS NOT NULL
      AND t.oid IS NOT NULL
      AND NOT EXISTS (
          SELECT
          FROM pg_catalog.pg_attribute AS a
          WHERE a.attrelid = t.oid AND a.attname = w.name AND NOT a.attisdropped
      )
    UNION ALL
    SELECT format('column %I has another type now', a.attname)
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS d ON d.relnamespace = n.oid
    JOIN pg_catalog.pg_attribute AS o ON o.attrelid = d.oid AND o.attname = a.attname
    WHERE a.attrelid = t.oid
      AND a.attname = ANY (c.by_columns)
      AND d.relname = c.name || '_totals'
      AND (a.atttypid, a.atttypmod) IS DISTINCT FROM (o.atttypid, o.atttypmod)
    UNION ALL
    SELECT format('trigger %I of %s is missing or not enabled', wanted.name, part.relation)
    FROM (
        SELECT t.oid::regclass
        UNION
        SELECT p.relid FROM pg_catalog.pg_partition_tree(t.oid) AS p
    ) AS part (relation)
    CROSS JOIN (
        VALUES ('insert', true), ('update', true), ('delete', c.is_live), ('truncate', c.is_live)
    ) AS e (event, is_wanted)
    CROSS JOIN LATERAL format('t60_%s_%s', c.name, e.event) AS wanted (name)
    WHERE e.is_wanted
      AND t.oid IS NOT NULL
      AND NOT EXISTS (
          SELECT
          FROM pg_catalog.pg_trigger AS g
          WHERE g.tgrelid = part.relation AND g.tgname = wanted.name AND g.tgenabled = 'O'
      )
    UNION ALL
    SELECT 'its trigger function is not the one that was made for it'
    WHERE NOT EXISTS (
        SELECT
        FROM pg_catalog.pg_proc AS p
        WHERE p.pronamespace = n.oid
          AND p.proname = 'tg_count_' || c.name
          AND p.prosrc = kernel.counter_source(c.app, c.name)
    )
) AS problem (text);

COMMENT ON VIEW kernel.check_counter_drift IS
'Counters whose table, columns, triggers or function are not what they were declared with. Whether the
figures are right is for kernel.recount() to say, which reads the table.';

GRANT SELECT ON kernel.check_counter_drift TO strongroom_runner;

CREATE VIEW kernel.check_counter_lag
WITH (security_invoker = true)
AS
SELECT
    'counter_lag' AS name,
    'A counter is not folded, or not filled' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['MAINTENANCE', 'PERFORMANCE'] AS categories,
    'Deltas that nobody folds make a counter slow to read; one that is not backfilled lacks the rows'
    ' that were there before it.' AS description,
    format('%I.%I: %s.', c.app, c.name, problem.text) AS detail,
    'Have strongroom maintain --loop run, or a scheduler call kernel.run_jobs().' AS remediation,
    jsonb_build_object('schema', c.app, 'name', c.name, 'problem', problem.kind) AS metadata,
    format('counter_lag:%I.%I:%s', c.app, c.name, problem.kind) AS cache_key
FROM kernel.counter AS c
CROSS JOIN LATERAL (
    SELECT 'not_filled', 'the rows that were there before it are not counted yet'
    WHERE c.backfilled_at IS NULL
    UNION ALL
    SELECT 'not_folded', format('%s deltas or more wait', d.waiting)
    FROM kernel.waiting_deltas(c.app, c.name) AS d (waiting)
    WHERE d.waiting > 100000
       OR d.waiting > 0
       AND coalesce(c.folded_at, c.backfilled_at) < now() - interval '15 minutes'
) AS problem (kind, text);

COMMENT ON VIEW kernel.check_counter_lag IS
'Counters with deltas that were not folded for a quarter of an hour, or with more than 100,000 of
them, and counters that wait for their backfill. Their figures are exact all the same, save the last.';

GRANT SELECT ON kernel.check_counter_lag TO strongroom_runner;
