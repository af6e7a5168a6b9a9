CREATE VIEW kernel.check_prepared_transaction
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 900) AS warn, coalesce(max(t.error), 3600) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'prepared_transaction'
)
SELECT
    'prepared_transaction' AS name,
    'A prepared transaction was forgotten' AS title,
    CASE WHEN p.seconds >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'It survives restarts, keeps its locks, and keeps vacuum from removing rows'
    ' until somebody ends it.' AS description,
    format(
        '%L of %I in database %I was prepared %s ago.', p.gid, p.owner, p.database,
        make_interval(secs => floor(p.seconds))
    ) AS detail,
    CASE p.database
        WHEN pg_catalog.current_database() THEN format('ROLLBACK PREPARED %L;', p.gid)
        ELSE format(
            'In database %s: ROLLBACK PREPARED %L',
            pg_catalog.quote_ident(p.database) COLLATE "default", p.gid
        )
    END AS remediation,
    jsonb_build_object('gid', p.gid, 'owner', p.owner, 'seconds', floor(p.seconds)) AS metadata,
    format('prepared_transaction:%s', p.gid) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT x.gid, x.owner, x.database, extract(epoch FROM clock_timestamp() - x.prepared)
    FROM pg_catalog.pg_prepared_xacts AS x
) AS p (gid, owner, database, seconds)
WHERE p.seconds >= l.warn;

COMMENT ON VIEW kernel.check_prepared_transaction IS
'Transactions that were prepared and not ended: WARN from 900, ERROR from 3600 (seconds).';

GRANT SELECT ON kernel.check_prepared_transaction TO strongroom_runner, pg_monitor;
