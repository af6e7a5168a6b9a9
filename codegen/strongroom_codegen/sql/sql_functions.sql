SELECT
    p.oid,
    p.prosrc AS source,
    pg_catalog.pg_get_function_arguments(p.oid) AS arguments,
    pg_catalog.pg_get_function_result(p.oid) AS result,
    (
        SELECT pg_catalog.substring(setting.text, 13)
        FROM pg_catalog.unnest(p.proconfig) AS setting (text)
        WHERE pg_catalog.starts_with(setting.text, 'search_path=')
    ) AS search_path
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
WHERE l.lanname = 'sql'
  AND p.prokind = 'f'
  AND p.prosqlbody IS NULL
  AND p.oid >= 16384
  AND NOT EXISTS (
      SELECT
      FROM pg_catalog.pg_depend AS d
      WHERE d.classid = 'pg_catalog.pg_proc'::regclass
        AND d.objid = p.oid
        AND d.deptype = 'e'
  )
ORDER BY p.oid
