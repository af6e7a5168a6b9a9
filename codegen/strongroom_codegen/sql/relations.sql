SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    c.relkind AS kind,
    c.relispartition AS is_partition,
    c.reltype AS row_type,
    pg_catalog.obj_description(c.oid, 'pg_class') AS comment,
    ARRAY(
        SELECT i.inhrelid
        FROM pg_catalog.pg_inherits AS i
        WHERE i.inhparent = c.oid
        ORDER BY i.inhrelid
    ) AS children,
    ARRAY(
        SELECT r.ev_type::text::integer
        FROM pg_catalog.pg_rewrite AS r
        WHERE r.ev_class = c.oid
          AND r.is_instead
          AND r.rulename <> '_RETURN'
        ORDER BY r.ev_type
    ) AS replaced,
    c.relkind IN ('r', 'p')
        AND NOT c.relhasrules
        AND NOT EXISTS (
            SELECT
            FROM pg_catalog.pg_trigger AS t
            WHERE (t.tgrelid = c.oid
                OR t.tgrelid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree(c.oid) AS p))
              -- ROW, BEFORE and INSERT: such a trigger may leave the row out.
              AND t.tgtype & 7 = 7
        ) AS keeps_inserts
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
  AND n.nspname <> 'pg_toast'
