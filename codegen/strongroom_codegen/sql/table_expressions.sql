SELECT
    d.adrelid AS relation,
    a.attname AS column_name,
    a.attgenerated <> '' AS always,
    d.adbin::text AS expression,
    ARRAY(
        SELECT n.nspname || '.' || c.relname
        FROM pg_catalog.pg_depend AS p
        JOIN pg_catalog.pg_class AS c ON c.oid = p.refobjid AND c.relkind = 'S'
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE p.classid = 'pg_catalog.pg_attrdef'::regclass
          AND p.objid = d.oid
          AND p.refclassid = 'pg_catalog.pg_class'::regclass
        ORDER BY 1
    ) AS sequences
FROM pg_catalog.pg_attrdef AS d
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE d.adrelid >= 16384
UNION ALL
SELECT k.conrelid, NULL, true, k.conbin::text, '{}'
FROM pg_catalog.pg_constraint AS k
WHERE k.contype = 'c'
  AND k.conrelid >= 16384
UNION ALL
SELECT i.indrelid, NULL, true, e.expression, '{}'
FROM pg_catalog.pg_index AS i
CROSS JOIN unnest(ARRAY[i.indexprs::text, i.indpred::text]) AS e (expression)
WHERE i.indrelid >= 16384
  AND e.expression IS NOT NULL
