SELECT
    r.rolname::text AS role,
    ARRAY(
        SELECT o.rolname::text
        FROM pg_catalog.pg_roles AS o
        WHERE pg_catalog.pg_has_role(r.oid, o.oid, 'USAGE')
        ORDER BY o.rolname
    ) AS roles
FROM pg_catalog.pg_roles AS r
WHERE NOT r.rolsuper
ORDER BY r.rolname
