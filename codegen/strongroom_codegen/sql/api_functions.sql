SELECT
    p.oid,
    n.nspname AS schema,
    p.proname AS name,
    p.prokind AS kind,
    p.proretset AS returns_set,
    p.prorows AS rows,
    p.prorettype AS result,
    p.proisstrict AS strict,
    coalesce(p.proallargtypes, p.proargtypes::oid[]) AS types,
    p.proargmodes::text[] AS modes,
    p.proargnames AS names,
    p.pronargs AS inputs,
    p.proargdefaults::text AS defaults,
    l.lanname AS language,
    p.prosrc AS source,
    d.description AS comment,
    EXISTS (
        SELECT
        FROM pg_catalog.pg_proc AS o
        WHERE o.pronamespace = p.pronamespace AND o.proname = p.proname AND o.oid <> p.oid
    ) AS is_overloaded,
    ARRAY(
        SELECT right(r.rolname, -length(n.nspname) - 1)
        FROM pg_catalog.pg_roles AS r
        WHERE r.rolname IN (n.nspname || '_app', n.nspname || '_worker', n.nspname || '_analyst')
          -- Roles belong to the whole server: where none may use the schema they are another's.
          AND EXISTS (
              SELECT
              FROM pg_catalog.pg_roles AS u
              WHERE u.rolname IN (
                  n.nspname || '_app', n.nspname || '_worker', n.nspname || '_analyst'
              )
                AND pg_catalog.has_schema_privilege(u.oid, n.oid, 'USAGE')
          )
        ORDER BY r.rolname
    ) AS roles,
    ARRAY(
        SELECT right(r.rolname, -length(n.nspname) - 1)
        FROM pg_catalog.pg_roles AS r
        WHERE r.rolname IN (n.nspname || '_app', n.nspname || '_worker', n.nspname || '_analyst')
          AND pg_catalog.has_function_privilege(r.oid, p.oid, 'EXECUTE')
          AND pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')
        ORDER BY r.rolname
    ) AS executors,
    ARRAY(
        SELECT right(r.rolname, -length(n.nspname) - 1)
        FROM pg_catalog.pg_roles AS r
        WHERE r.rolname IN (n.nspname || '_app', n.nspname || '_worker', n.nspname || '_analyst')
          AND pg_catalog.has_function_privilege(r.oid, p.oid, 'EXECUTE')
          AND NOT pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')
        ORDER BY r.rolname
    ) AS outsiders
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
JOIN pg_catalog.pg_description AS d
    ON d.objoid = p.oid AND d.classoid = 'pg_catalog.pg_proc'::regclass AND d.objsubid = 0
WHERE p.oid >= 16384
  AND d.description ~ '(^|\n)\s*@api\M'
  AND NOT EXISTS (
      SELECT
      FROM pg_catalog.pg_depend AS e
      WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e'
  )
ORDER BY n.nspname, p.proname, p.oid
