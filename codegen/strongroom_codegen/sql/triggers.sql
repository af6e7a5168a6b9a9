SELECT
    t.tgrelid AS relation,
    t.tgname AS name,
    t.tgfoid AS function,
    t.tgtype & 64 <> 0 AS instead,
    array_remove(
        ARRAY[
            CASE WHEN t.tgtype & 4 <> 0 THEN 'insert' END,
            CASE WHEN t.tgtype & 16 <> 0 THEN 'update' END,
            CASE WHEN t.tgtype & 8 <> 0 THEN 'delete' END
        ],
        NULL
    ) AS events
FROM pg_catalog.pg_trigger AS t
WHERE NOT t.tgisinternal
ORDER BY t.tgrelid, t.tgname
