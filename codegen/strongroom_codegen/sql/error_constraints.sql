SELECT
    k.conrelid AS relation,
    k.contype AS kind,
    k.conname AS name,
    n.nspname AS schema,
    c.relname AS table_name,
    c.relkind = 'p' AS is_partitioned,
    CASE
        -- What else than columns a constraint looks at shows in no list.
        WHEN k.contype = 'x' OR 0 = ANY (k.conkey) THEN NULL
        ELSE ARRAY(
            SELECT a.attname::text
            FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
            ORDER BY a.attnum
        )
    END AS columns,
    k.confrelid AS referenced,
    ARRAY(
        SELECT a.attname::text
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = k.confrelid AND a.attnum = ANY (k.confkey)
        ORDER BY a.attnum
    ) AS keys,
    k.confdeltype AS on_delete,
    k.confupdtype AS on_update,
    ARRAY(
        SELECT a.attname::text
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.confdelsetcols)
        ORDER BY a.attnum
    ) AS set_columns,
    pg_catalog.obj_description(k.oid, 'pg_constraint') AS comment,
    to_jsonb(ARRAY(
        WITH RECURSIVE below (oid, relation, name) AS (
            SELECT b.oid, b.conrelid, b.conname
            FROM pg_catalog.pg_constraint AS b
            WHERE b.conparentid = k.oid
            UNION ALL
            SELECT b.oid, b.conrelid, b.conname
            FROM pg_catalog.pg_constraint AS b
            JOIN below AS a ON a.oid = b.conparentid
        ),
        children (relation) AS (
            SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i
            WHERE i.inhparent = k.conrelid AND k.contype = 'c' AND NOT k.connoinherit
            UNION
            SELECT i.inhrelid
            FROM pg_catalog.pg_inherits AS i
            JOIN children AS a ON a.relation = i.inhparent
        ),
        found (relation, name) AS (
            SELECT relation, name FROM below
            UNION
            SELECT relation, k.conname FROM children
        )
        SELECT ARRAY[tn.nspname::text, t.relname::text, f.name::text]
        FROM found AS f
        JOIN pg_catalog.pg_class AS t ON t.oid = f.relation
        JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
        ORDER BY tn.nspname, t.relname, f.name
    )) AS also
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE k.oid >= 16384
  AND k.contype IN ('c', 'f', 'p', 'u', 'x')
  AND k.conparentid = 0
  AND (k.contype <> 'c' OR k.conislocal)
UNION ALL
SELECT
    i.indrelid,
    'i',
    x.relname,
    n.nspname,
    c.relname,
    c.relkind = 'p',
    CASE
        WHEN i.indexprs IS NOT NULL OR i.indpred IS NOT NULL THEN NULL
        ELSE ARRAY(
            SELECT a.attname::text
            FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])
            ORDER BY a.attnum
        )
    END,
    0,
    ARRAY[]::text[],
    '',
    '',
    ARRAY[]::text[],
    pg_catalog.obj_description(i.indexrelid, 'pg_class'),
    to_jsonb(ARRAY(
        SELECT ARRAY[tn.nspname::text, t.relname::text, b.relname::text]
        FROM pg_catalog.pg_partition_tree(i.indexrelid) AS p
        JOIN pg_catalog.pg_class AS b ON b.oid = p.relid
        JOIN pg_catalog.pg_index AS bi ON bi.indexrelid = b.oid
        JOIN pg_catalog.pg_class AS t ON t.oid = bi.indrelid
        JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
        WHERE b.oid <> i.indexrelid
        ORDER BY tn.nspname, t.relname, b.relname
    ))
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE i.indexrelid >= 16384
  AND i.indisunique
  AND n.nspname <> 'pg_toast'
  AND NOT EXISTS (
      SELECT
      FROM pg_catalog.pg_constraint AS k
      WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
  )
  AND NOT x.relispartition
ORDER BY 4, 5, 3
