-- Tell of entries of the audit log that are dated ahead, which no seal takes.
-- depends: 0088.kernel.tell-of-overdue-partitions
-- locks: ACCESS EXCLUSIVE on a view that the checks read, for a moment

CREATE OR REPLACE VIEW kernel.check_audit_lag
WITH (security_invoker = true)
AS
SELECT
    'audit_lag' AS name,
    'Entries of the audit log wait for their seal' AS title,
    CASE WHEN waiting.age >= interval '1 day' THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['AUDIT'] AS categories,
    'Until an entry is sealed, and the seal exported, a superuser can change it unseen.' AS description,
    format(
        'The oldest of %s waiting entries is of %s, the newest of %s.', waiting.count,
        to_char(waiting.oldest AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'),
        to_char(waiting.newest AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')
    ) AS detail,
    'See why the job seal_audit does not get on: kernel.job_run, and whether kernel.audit_log has a'
    ' partition for that month; SELECT kernel.seal_audit() says how to make it.' AS remediation,
    jsonb_build_object('waiting', waiting.count, 'oldest', waiting.oldest) AS metadata,
    'audit_lag' AS cache_key
FROM (
    SELECT
        count(*), min(i.at), max(i.at),
        -- A clock that was wrong dates entries ahead, and there is no partition for them.
        greatest(
            pg_catalog.clock_timestamp() - min(i.at), max(i.at) - pg_catalog.clock_timestamp()
        )
    FROM kernel.audit_inbox AS i
) AS waiting (count, oldest, newest, age)
WHERE waiting.age >= interval '1 hour';

COMMENT ON VIEW kernel.check_audit_lag IS
'Whether kernel.seal_audit keeps up: WARN when an entry has waited for an hour, or is dated an hour
ahead, ERROR for a day.';
