CREATE VIEW kernel.check_bloat
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 50) AS warn, coalesce(max(t.error), 80) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'bloat'
),
-- Bytes of each column: a fixed width from the type, others from statistics where this role sees
-- them. Brought together by grouping, for the planner can't know how many statistics it will see.
columns AS (
    SELECT
        n.nspname AS schema_name,
        c.relname AS table_name,
        a.attname AS column_name,
        c.oid AS relation,
        nullif(greatest(a.attlen, 0), 0)::integer AS bytes
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'm', 'i')
      AND c.reltuples >= 0
      -- Ten megabytes: less is not worth the work.
      AND c.relpages >= 1280
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    UNION ALL
    SELECT s.schemaname, s.tablename, s.attname, NULL, s.avg_width
    FROM pg_catalog.pg_stats AS s
    WHERE NOT s.inherited
),
widths AS (
    SELECT k.relation, count(*) AS columns, sum(k.bytes) AS bytes, count(k.bytes) AS known
    FROM (
        SELECT max(c.relation), max(c.bytes)
        FROM columns AS c
        GROUP BY c.schema_name, c.table_name, c.column_name
    ) AS k (relation, bytes)
    WHERE k.relation IS NOT NULL
    GROUP BY k.relation
)
SELECT
    'bloat' AS name,
    'A table or index is larger than its rows (an estimate)' AS title,
    CASE WHEN b.percent >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'Space that rows have left is read and cached all the same. This is an'
    ' estimate from statistics; pgstattuple measures.' AS description,
    format(
        '%s %I.%I: about %s of %s is not needed (an estimate).',
        CASE b.relkind WHEN 'i' THEN 'Index' ELSE 'Table' END, b.schema_name, b.name,
        pg_catalog.pg_size_pretty(b.wasted), pg_catalog.pg_size_pretty(b.bytes)
    ) AS detail,
    CASE b.relkind
        WHEN 'i' THEN format('REINDEX INDEX CONCURRENTLY %I.%I;', b.schema_name, b.name)
        ELSE 'Measure with pgstattuple; then pg_repack, or VACUUM FULL, which locks everybody out.'
    END AS remediation,
    jsonb_build_object(
        'schema', b.schema_name, 'name', b.name, 'bytes', b.bytes, 'wasted', b.wasted
    ) AS metadata,
    format('bloat:%I.%I', b.schema_name, b.name) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        n.nspname,
        c.relname,
        c.relkind,
        size.bytes,
        size.bytes - need.bytes,
        round(100.0 * (size.bytes - need.bytes) / size.bytes, 1)
    FROM widths AS w
    JOIN pg_catalog.pg_class AS c ON c.oid = w.relation
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_am AS m ON m.oid = c.relam AND m.amname IN ('heap', 'btree')
    CROSS JOIN LATERAL (
        SELECT coalesce(
            min(o.option_value::integer), CASE m.amname WHEN 'btree' THEN 90 ELSE 100 END
        )
        FROM pg_catalog.pg_options_to_table(c.reloptions) AS o
        WHERE o.option_name = 'fillfactor'
    ) AS fill (factor)
    CROSS JOIN LATERAL (
        SELECT c.relpages * pg_catalog.current_setting('block_size')::bigint
    ) AS size (bytes)
    CROSS JOIN LATERAL (
        -- A row has a header of 28 bytes with its pointer, an entry of an index one of 12.
        SELECT (
            c.reltuples * (w.bytes + CASE m.amname WHEN 'btree' THEN 12 ELSE 28 + w.columns / 2 END)
            * 100 / fill.factor
        )::bigint
    ) AS need (bytes)
    WHERE w.known = w.columns
) AS b (schema_name, name, relkind, bytes, wasted, percent)
WHERE b.percent >= l.warn
  -- A hundred megabytes.
  AND b.wasted >= 104857600;

COMMENT ON VIEW kernel.check_bloat IS
'Tables and btree indexes with at least 100 MB of space that their rows do not need, by an estimate
from the number of rows and their width: WARN from 50 %, ERROR from 80 % (percent). Columns of
variable width count where this role sees their statistics, which row level security hides from all
but superusers and BYPASSRLS; a table or index with one that it does not see is left out.';

GRANT SELECT ON kernel.check_bloat TO strongroom_runner, pg_monitor;
