SELECT
    k.conrelid AS relation,
    k.contypid AS domain,
    n.nspname AS schema,
    coalesce(c.relname, '') AS table_name,
    k.conname AS name,
    k.contype AS kind,
    k.convalidated AS validated,
    k.connoinherit AS no_inherit,
    k.conbin::text AS expression,
    ARRAY(
        SELECT l.oid FROM pg_catalog.pg_collation AS l WHERE NOT l.collisdeterministic
    ) AS loose_collations,
    pg_catalog.obj_description(k.oid, 'pg_constraint') AS comment
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_namespace AS n ON n.oid = k.connamespace
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
WHERE k.oid >= 16384
  AND NOT coalesce(c.relispartition, false)
ORDER BY n.nspname, c.relname, k.conname
