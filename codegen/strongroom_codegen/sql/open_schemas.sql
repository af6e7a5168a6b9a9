SELECT n.nspname AS name
FROM pg_catalog.pg_namespace AS n
WHERE pg_catalog.has_schema_privilege('public', n.oid, 'USAGE')
