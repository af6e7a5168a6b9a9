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
