CREATE VIEW kernel.check_partition_privilege
WITH (security_invoker = true)
AS
SELECT
    'partition_privilege' AS name,
    'A role may reach a partition past its root' AS title,
    'ERROR' AS level,
    'EXTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'The policies of the root do not bind who names the partition.' AS description,
    format(
        '%s has %s on the partition %I.%I.', held.grantee,
        string_agg(DISTINCT held.privilege_type, ', '), n.nspname, c.relname
    ) AS detail,
    format(
        'REVOKE ALL ON %I.%I FROM %s%s;', n.nspname, c.relname, held.grantee,
        CASE WHEN bool_or(held.is_grantable) THEN ' CASCADE' ELSE '' END
    ) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'role', held.grantee) AS metadata,
    format('partition_privilege:%I.%I:%s', n.nspname, c.relname, held.grantee) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT
        CASE t.grantee WHEN 0 THEN 'PUBLIC' ELSE t.grantee::regrole::text END,
        t.privilege_type,
        t.is_grantable
    FROM (
        SELECT acl.grantee, acl.privilege_type, acl.is_grantable
        FROM pg_catalog.aclexplode(c.relacl) AS acl
        UNION ALL
        SELECT acl.grantee, acl.privilege_type, acl.is_grantable
        FROM pg_catalog.pg_attribute AS a
        CROSS JOIN pg_catalog.aclexplode(a.attacl) AS acl
        WHERE a.attrelid = c.oid AND NOT a.attisdropped
    ) AS t
    WHERE t.grantee <> c.relowner
) AS held (grantee, privilege_type, is_grantable)
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p', 'f')
  AND c.relispartition
GROUP BY n.nspname, c.relname, held.grantee;

COMMENT ON VIEW kernel.check_partition_privilege IS
'Grants on partitions to others than their owner.';

GRANT SELECT ON kernel.check_partition_privilege TO strongroom_runner, pg_monitor;
