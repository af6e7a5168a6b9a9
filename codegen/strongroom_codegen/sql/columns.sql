SELECT
    a.attrelid AS relation,
    a.attnum AS number,
    a.attname AS name,
    a.atttypid AS type,
    a.attnotnull
        AND NOT EXISTS (
            SELECT
            FROM pg_catalog.pg_constraint AS k
            WHERE k.conrelid = a.attrelid
              AND k.contype = 'n'
              AND NOT k.convalidated
              AND k.conkey OPERATOR(pg_catalog.=) ARRAY[a.attnum]
        ) AS not_null,
    CASE
        WHEN c.oid >= 16384 THEN pg_catalog.col_description(a.attrelid, a.attnum)
    END AS comment
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
  AND n.nspname <> 'pg_toast'
  AND a.attnum > 0
  AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
