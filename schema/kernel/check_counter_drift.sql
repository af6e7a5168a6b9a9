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
    SELECT format(
        'its table is a partition of %s now, and what names that is not counted',
        pg_catalog.pg_partition_root(t.oid)
    )
    WHERE t.relispartition
    UNION ALL
    SELECT format('%s is no part of its table any more, and is counted still', g.tgrelid::regclass)
    FROM pg_catalog.pg_trigger AS g
    JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid
    WHERE p.pronamespace = n.oid
      AND p.proname = 'tg_count_' || c.name
      AND g.tgrelid <> t.oid
      AND g.tgrelid NOT IN (SELECT q.relid FROM pg_catalog.pg_partition_tree(t.oid) AS q)
      -- One that is on its way out is seen to at its end.
      AND NOT EXISTS (SELECT FROM kernel.expiring_partition AS x WHERE x.partition = g.tgrelid)
    GROUP BY g.tgrelid
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
