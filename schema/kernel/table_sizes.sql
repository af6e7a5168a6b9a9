CREATE VIEW kernel.table_sizes
WITH (security_invoker = true)
AS
SELECT
    n.nspname AS schema_name,
    root.relname AS table_name,
    count(*) FILTER (WHERE c.relispartition) AS partition_count,
    -- A root repeats what its partitions have.
    sum(greatest(c.reltuples, 0)) FILTER (WHERE c.relkind <> 'p')::bigint AS row_estimate,
    sum(size.of_table + size.of_indexes)::bigint AS total_bytes,
    sum(size.of_table)::bigint AS table_bytes,
    sum(size.of_indexes)::bigint AS index_bytes
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_class AS root
    ON root.oid = coalesce(pg_catalog.pg_partition_root(c.oid), c.oid)
JOIN pg_catalog.pg_namespace AS n ON n.oid = root.relnamespace
-- OFFSET 0: each file is measured once.
CROSS JOIN LATERAL (
    SELECT pg_catalog.pg_table_size(c.oid), pg_catalog.pg_indexes_size(c.oid) OFFSET 0
) AS size (of_table, of_indexes)
WHERE c.relkind IN ('r', 'm', 'p')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
GROUP BY n.nspname, root.relname
ORDER BY total_bytes DESC, schema_name, table_name;

COMMENT ON VIEW kernel.table_sizes IS
'Tables and materialised views of this database, the largest first; partitions count for their
root.';
COMMENT ON COLUMN kernel.table_sizes.schema_name IS 'The schema.';
COMMENT ON COLUMN kernel.table_sizes.table_name IS 'The table, or the root of partitions.';
COMMENT ON COLUMN kernel.table_sizes.partition_count IS 'How many partitions it has, of any depth.';
COMMENT ON COLUMN kernel.table_sizes.row_estimate IS
'About how many rows, as vacuum or ANALYZE last counted them; NULL for a root without partitions.';
COMMENT ON COLUMN kernel.table_sizes.total_bytes IS 'Everything together.';
COMMENT ON COLUMN kernel.table_sizes.table_bytes IS 'Rows, with what is kept out of line.';
COMMENT ON COLUMN kernel.table_sizes.index_bytes IS 'Indexes.';

GRANT SELECT ON kernel.table_sizes TO strongroom_runner, pg_monitor;
