CREATE VIEW kernel.check_limited_sight
WITH (security_invoker = true)
AS
SELECT
    'limited_sight' AS name,
    'This role does not see everything' AS title,
    'INFO' AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER'] AS categories,
    'Where a role lacks a right, PostgreSQL shows less, and a check finds nothing'
    ' where there is something.' AS description,
    format('%I does not see %s.', CURRENT_USER, sight.what) AS detail,
    sight.mend AS remediation,
    jsonb_build_object('role', CURRENT_USER, 'hidden', sight.name) AS metadata,
    format('limited_sight:%s', sight.name) AS cache_key
FROM (
    SELECT
        'sessions',
        'transactions, states and statements of other roles, nor standbys',
        format(
            'An administrator grants it: GRANT pg_monitor TO %I. A role that does not inherit needs'
            ' WITH INHERIT TRUE (PostgreSQL 16 or newer).', CURRENT_USER
        )
    WHERE NOT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
    UNION ALL
    SELECT
        'widths',
        format(
            'the statistics of %s large tables, which bloat is estimated from', count(*)
        ),
        'Row level security hides them. Let an administrator run the check bloat now and then.'
    FROM pg_catalog.pg_class AS c
    WHERE c.relkind IN ('r', 'm')
      AND c.relpages >= 12800
      AND c.relrowsecurity
      AND pg_catalog.row_security_active(c.oid)
    HAVING count(*) > 0
) AS sight (name, what, mend);

COMMENT ON VIEW kernel.check_limited_sight IS
'What other checks can not see because the role that asks lacks a right: sessions of other roles
without pg_monitor, and widths of columns for the estimate of bloat.';

GRANT SELECT ON kernel.check_limited_sight TO strongroom_runner, pg_monitor;
