CREATE VIEW kernel.slow_statements
WITH (security_invoker = true)
AS
SELECT
    t.query_id,
    t.role,
    t.calls,
    round(t.mean_ms::numeric, 3) AS mean_ms,
    round(t.total_ms::numeric, 3) AS total_ms,
    t.row_count,
    t.hit_ratio,
    t.query
FROM kernel.statement_times() AS t
ORDER BY t.mean_ms DESC, t.query_id
LIMIT 10;

COMMENT ON VIEW kernel.slow_statements IS
'The ten statements of this database that took longest on average, by pg_stat_statements; no row
where that extension is not there.';
COMMENT ON COLUMN kernel.slow_statements.query_id IS
'The statement; NULL for those of other roles without pg_monitor.';
COMMENT ON COLUMN kernel.slow_statements.role IS 'Who ran it.';
COMMENT ON COLUMN kernel.slow_statements.calls IS 'How often.';
COMMENT ON COLUMN kernel.slow_statements.mean_ms IS 'Milliseconds on average.';
COMMENT ON COLUMN kernel.slow_statements.total_ms IS 'Milliseconds in all.';
COMMENT ON COLUMN kernel.slow_statements.row_count IS 'Rows that it gave or changed in all.';
COMMENT ON COLUMN kernel.slow_statements.hit_ratio IS
'The share of blocks that were in the cache; NULL when it read none.';
COMMENT ON COLUMN kernel.slow_statements.query IS 'Its text, with $1 in place of each constant.';

GRANT SELECT ON kernel.slow_statements TO strongroom_runner, pg_monitor;
