SELECT
    c.relname::text AS name,
    c.relkind = 'm' AS is_materialized,
    ARRAY(
        SELECT DISTINCT
            CASE WHEN n.nspname = %(app)s THEN t.relname ELSE n.nspname || '.' || t.relname END
            COLLATE "C"
        FROM pg_catalog.pg_rewrite AS w
        JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
        JOIN pg_catalog.pg_class AS t ON d.refclassid = 'pg_class'::regclass AND t.oid = d.refobjid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
        WHERE w.ev_class = c.oid AND t.oid <> c.oid AND t.relkind IN ('r', 'p', 'v', 'm', 'f')
        ORDER BY 1
    )::text[] AS sources,
    ARRAY(
        SELECT DISTINCT acl.grantee::regrole::text COLLATE "C"
        FROM pg_catalog.aclexplode(c.relacl) AS acl
        WHERE acl.privilege_type = 'SELECT' AND acl.grantee NOT IN (0, c.relowner)
        ORDER BY 1
    )::text[] AS readers
FROM pg_catalog.pg_class AS c
WHERE c.relnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = %(app)s)
  AND c.relkind IN ('v', 'm')
ORDER BY c.relname COLLATE "C"
