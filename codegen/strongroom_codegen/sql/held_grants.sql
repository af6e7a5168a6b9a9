SELECT held.kind, held.object, held.column_name, held.privilege
FROM (
    SELECT 'schema' AS kind, n.nspname::text AS object, NULL AS column_name,
        acl.privilege_type AS privilege, acl.grantee
    FROM pg_catalog.pg_namespace AS n
    CROSS JOIN pg_catalog.aclexplode(n.nspacl) AS acl
    UNION ALL
    SELECT CASE WHEN c.relkind = 'S' THEN 'sequence' ELSE 'table' END,
        n.nspname || '.' || c.relname, NULL, acl.privilege_type, acl.grantee
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN pg_catalog.aclexplode(c.relacl) AS acl
    UNION ALL
    SELECT 'table', n.nspname || '.' || c.relname, a.attname, acl.privilege_type, acl.grantee
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN pg_catalog.aclexplode(a.attacl) AS acl
    UNION ALL
    SELECT 'function', p.oid::text, NULL, acl.privilege_type, acl.grantee
    FROM pg_catalog.pg_proc AS p
    CROSS JOIN pg_catalog.aclexplode(p.proacl) AS acl
) AS held
JOIN pg_catalog.pg_roles AS r ON r.oid = held.grantee
WHERE r.rolname = ANY (%s)
