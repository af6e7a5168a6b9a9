CREATE VIEW kernel.check_unsafe_privilege
WITH (security_invoker = true)
AS
SELECT
    'unsafe_privilege' AS name,
    'A role may truncate a table, or pass a right on' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'TRUNCATE ignores row level security and triggers for rows; REFERENCES and'
    ' TRIGGER let others hang things on a table; a grant option lets them hand'
    ' rights on.' AS description,
    format('%s has %s on %I.%I.', held.grantee, held.text, n.nspname, c.relname) AS detail,
    format(
        'REVOKE %s%s%s ON %I.%I FROM %s;',
        CASE WHEN held.is_unsafe THEN '' ELSE 'GRANT OPTION FOR ' END, held.privilege_type,
        held.columns, n.nspname, c.relname, held.grantee
    ) AS remediation,
    jsonb_build_object(
        'schema', n.nspname, 'name', c.relname, 'role', held.grantee, 'privilege', held.text
    ) AS metadata,
    format(
        'unsafe_privilege:%I.%I:%s:%s', n.nspname, c.relname, held.grantee, held.text
    ) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT
        CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END,
        acl.privilege_type,
        acl.columns,
        acl.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE'),
        concat(
            acl.privilege_type, acl.columns,
            CASE WHEN acl.is_grantable THEN ' with the right to grant it' END
        )
    FROM (
        SELECT t.grantee, t.privilege_type, t.is_grantable, NULL
        FROM pg_catalog.aclexplode(c.relacl) AS t
        UNION ALL
        SELECT t.grantee, t.privilege_type, t.is_grantable, format(' (%I)', a.attname)
        FROM pg_catalog.pg_attribute AS a
        CROSS JOIN pg_catalog.aclexplode(a.attacl) AS t
        WHERE a.attrelid = c.oid AND NOT a.attisdropped
    ) AS acl (grantee, privilege_type, is_grantable, columns)
    WHERE acl.grantee <> c.relowner
      AND (
          acl.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') OR acl.is_grantable
      )
) AS held (grantee, privilege_type, columns, is_unsafe, text)
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f');

COMMENT ON VIEW kernel.check_unsafe_privilege IS
'Grants to others than the owner that are more than SELECT, INSERT, UPDATE or DELETE, or that may be
passed on.';

GRANT SELECT ON kernel.check_unsafe_privilege TO strongroom_runner, pg_monitor;
