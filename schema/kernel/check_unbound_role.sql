CREATE VIEW kernel.check_unbound_role
WITH (security_invoker = true)
AS
SELECT
    'unbound_role' AS name,
    'Policies do not bind a role' AS title,
    'INFO' AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'SECURITY'] AS categories,
    'A superuser, or a role with BYPASSRLS, reads every row of every person.'
    ' Backups need one; programs and people seldom do.' AS description,
    format(
        '%s %s.', r.oid::regrole,
        CASE WHEN r.rolsuper THEN 'is a superuser' ELSE 'bypasses row level security' END
    ) AS detail,
    format(
        'ALTER ROLE %s %s;', r.oid::regrole,
        CASE WHEN r.rolsuper THEN 'NOSUPERUSER NOBYPASSRLS' ELSE 'NOBYPASSRLS' END
    ) AS remediation,
    jsonb_build_object('role', r.rolname, 'superuser', r.rolsuper) AS metadata,
    format('unbound_role:%s', r.oid::regrole) AS cache_key
FROM pg_catalog.pg_roles AS r
WHERE (r.rolsuper OR r.rolbypassrls)
  -- The one that the cluster was made with can't be otherwise.
  AND r.oid <> 10;

COMMENT ON VIEW kernel.check_unbound_role IS
'Roles of the server, other than the first superuser, that are superusers or bypass row level
security. Those of ours are errors of the check role_rights.';

GRANT SELECT ON kernel.check_unbound_role TO strongroom_runner, pg_monitor;
