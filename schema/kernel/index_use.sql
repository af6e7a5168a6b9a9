CREATE VIEW kernel.index_use
WITH (security_invoker = true)
AS
SELECT
    s.schemaname AS schema_name,
    s.relname AS table_name,
    s.indexrelname AS index_name,
    s.idx_scan AS scan_count,
    s.idx_tup_read AS entries_read,
    round(io.idx_blks_hit::numeric / nullif(io.idx_blks_hit + io.idx_blks_read, 0), 4) AS hit_ratio,
    pg_catalog.pg_relation_size(s.indexrelid) AS bytes
FROM pg_catalog.pg_stat_user_indexes AS s
JOIN pg_catalog.pg_statio_user_indexes AS io ON io.indexrelid = s.indexrelid
ORDER BY scan_count, bytes DESC, schema_name, index_name;

COMMENT ON VIEW kernel.index_use IS
'How much each index was used since statistics began, the least used first. Standbys count apart.';
COMMENT ON COLUMN kernel.index_use.schema_name IS 'The schema.';
COMMENT ON COLUMN kernel.index_use.table_name IS 'The table or partition.';
COMMENT ON COLUMN kernel.index_use.index_name IS 'The index.';
COMMENT ON COLUMN kernel.index_use.scan_count IS 'How often it was searched.';
COMMENT ON COLUMN kernel.index_use.entries_read IS 'How many of its entries that took.';
COMMENT ON COLUMN kernel.index_use.hit_ratio IS
'The share of its blocks that were in the cache; NULL when it was not read.';
COMMENT ON COLUMN kernel.index_use.bytes IS 'Its size.';

GRANT SELECT ON kernel.index_use TO strongroom_runner, pg_monitor;
