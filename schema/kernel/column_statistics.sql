CREATE VIEW kernel.column_statistics
WITH (security_invoker = true)
AS
SELECT
    s.schemaname AS schema_name,
    s.tablename AS table_name,
    s.attname AS column_name,
    s.null_frac AS null_fraction,
    s.avg_width AS average_bytes,
    -- PostgreSQL writes what grows with the table as a negative share of its rows.
    CASE
        WHEN s.n_distinct >= 0 THEN s.n_distinct
        ELSE -s.n_distinct * c.reltuples
    END::numeric AS distinct_estimate,
    s.correlation AS order_correlation
FROM pg_catalog.pg_stats AS s
JOIN pg_catalog.pg_namespace AS n ON n.nspname = s.schemaname
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.tablename
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT s.inherited
ORDER BY schema_name, table_name, column_name;

COMMENT ON VIEW kernel.column_statistics IS
'How selective and how ordered columns are, as the planner knows them; no value of any row. Shows
what the role that asks may read: of tables with row level security only superusers and roles with
BYPASSRLS see statistics.';
COMMENT ON COLUMN kernel.column_statistics.schema_name IS 'The schema.';
COMMENT ON COLUMN kernel.column_statistics.table_name IS 'The table, partition or index.';
COMMENT ON COLUMN kernel.column_statistics.column_name IS 'The column.';
COMMENT ON COLUMN kernel.column_statistics.null_fraction IS 'The share of rows where it is NULL.';
COMMENT ON COLUMN kernel.column_statistics.average_bytes IS 'How wide its values are on average.';
COMMENT ON COLUMN kernel.column_statistics.distinct_estimate IS 'About how many values it has.';
COMMENT ON COLUMN kernel.column_statistics.order_correlation IS
'How well the order of rows on the disk follows its values: 1 or -1 is exactly, 0 not at all.';

GRANT SELECT ON kernel.column_statistics TO strongroom_runner, pg_monitor;
