CREATE VIEW kernel.check_unindexed_foreign_key
WITH (security_invoker = true)
AS
SELECT
    'unindexed_foreign_key' AS name,
    'A foreign key has no index' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PERFORMANCE'] AS categories,
    'Each row that is deleted or gets another key scans the whole table that'
    ' refers to it, so erasure takes time by the square.' AS description,
    format(
        '%I on %I.%I: no index begins with its columns.', f.conname, n.nspname, c.relname
    ) AS detail,
    format(
        'CREATE INDEX%s ON %I.%I (%s);',
        CASE c.relkind WHEN 'p' THEN '' ELSE ' CONCURRENTLY' END, n.nspname, c.relname,
        (
            SELECT string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY k.place)
            FROM unnest(f.conkey) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = k.attnum
        )
    ) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'constraint', f.conname) AS metadata,
    format('unindexed_foreign_key:%I.%I:%I', n.nspname, c.relname, f.conname) AS cache_key
FROM pg_catalog.pg_constraint AS f
JOIN pg_catalog.pg_class AS c ON c.oid = f.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND f.contype = 'f'
  -- A partition is served by the index of its root.
  AND f.conparentid = 0
  AND NOT EXISTS (
      SELECT
      FROM pg_catalog.pg_index AS i
      JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
      JOIN pg_catalog.pg_am AS m ON m.oid = x.relam AND m.amname <> 'brin'
      WHERE i.indrelid = f.conrelid
        AND i.indisvalid
        AND i.indnkeyatts >= cardinality(f.conkey)
        -- The first columns of the index are those of the key, in any order.
        AND (i.indkey::smallint[])[0:cardinality(f.conkey) - 1] @> f.conkey
        AND (
            i.indpred IS NULL
            -- Rows that refer to nothing may be left out.
            OR EXISTS (
                SELECT
                FROM pg_catalog.pg_attribute AS a
                WHERE a.attrelid = f.conrelid
                  AND a.attnum = ANY (f.conkey)
                  AND pg_catalog.pg_get_expr(i.indpred, i.indrelid)
                      = format('(%I IS NOT NULL)', a.attname)
            )
        )
  );

COMMENT ON VIEW kernel.check_unindexed_foreign_key IS
'Foreign keys whose columns no valid index begins with, in any order. An index of the rows that
refer to something will do.';

GRANT SELECT ON kernel.check_unindexed_foreign_key TO strongroom_runner, pg_monitor;
