SELECT
    c.relname::text AS child,
    p.relname::text AS parent,
    pn.nspname::text AS parent_schema,
    columns.names AS columns,
    -- With one column NULL, a row refers to nothing.
    columns.may_be_null,
    columns.are_key,
    EXISTS (
        SELECT
        FROM pg_catalog.pg_index AS i
        WHERE i.indrelid = k.conrelid
          AND i.indisunique
          AND i.indpred IS NULL
          AND i.indexprs IS NULL
          AND (i.indkey::smallint[])[0:i.indnkeyatts - 1] <@ k.conkey
    ) AS is_single
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_class AS p ON p.oid = k.confrelid
JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
CROSS JOIN LATERAL (
    SELECT
        array_agg(a.attname::text ORDER BY key.place),
        bool_or(NOT a.attnotnull),
        bool_and(
            EXISTS (
                SELECT
                FROM pg_catalog.pg_constraint AS own
                WHERE own.conrelid = k.conrelid AND own.contype = 'p' AND a.attnum = ANY (own.conkey)
            )
        )
    FROM unnest(k.conkey) WITH ORDINALITY AS key (number, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = key.number
) AS columns (names, may_be_null, are_key)
WHERE k.contype = 'f'
  -- What partitions inherit is their table's.
  AND k.conparentid = 0
  AND c.relnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = %(app)s)
  AND NOT c.relispartition
ORDER BY c.relname COLLATE "C", k.conname COLLATE "C"
