CREATE VIEW kernel.check_connections
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 80) AS warn, coalesce(max(t.error), 95) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'connections'
)
SELECT
    'connections' AS name,
    'Connections are running out' AS title,
    CASE WHEN c.percent >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'AVAILABILITY'] AS categories,
    'Past the last one nobody gets in but a superuser.' AS description,
    format('%s of %s connections are taken.', c.taken, c.room) AS detail,
    'Put a pooler in between (transaction mode will do), find what leaks'
    ' connections, or raise max_connections.' AS remediation,
    jsonb_build_object('taken', c.taken, 'room', c.room, 'percent', c.percent) AS metadata,
    'connections' AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT n.taken, n.room, round(100.0 * n.taken / n.room, 1)
    FROM (
        SELECT
            sum(d.numbackends),
            pg_catalog.current_setting('max_connections')::integer
                - pg_catalog.current_setting('superuser_reserved_connections')::integer
                -- From 16 on, for roles that are told by name.
                - coalesce(pg_catalog.current_setting('reserved_connections', true), '0')::integer
        FROM pg_catalog.pg_stat_database AS d
    ) AS n (taken, room)
) AS c (taken, room, percent)
WHERE c.percent >= l.warn;

COMMENT ON VIEW kernel.check_connections IS
'Connections that are taken, of those that are not kept for superusers: WARN from 80 %, ERROR from
95 % (percent).';

GRANT SELECT ON kernel.check_connections TO strongroom_runner, pg_monitor;
