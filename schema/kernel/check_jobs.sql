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
