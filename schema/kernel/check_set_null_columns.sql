CREATE VIEW kernel.check_set_null_columns
WITH (security_invoker = true)
AS
SELECT
    'set_null_columns' AS name,
    'A foreign key would empty the column of the owner' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'INTEGRITY'] AS categories,
    'ON DELETE SET NULL on several columns sets all of them, the one that says'
    ' whose row it is as well, unless it names its columns; ON UPDATE can name none.' AS description,
    format(
        '%I on %I.%I would set every one of its columns, the owner''s too.', f.conname, n.nspname,
        c.relname
    ) AS detail,
    CASE
        WHEN f.confupdtype IN ('n', 'd')
            THEN 'Drop it and add it again without ON UPDATE SET NULL or SET DEFAULT, and with the'
                ' columns named: ON DELETE SET NULL (column).'
        ELSE 'Drop it and add it again with the columns named: ON DELETE SET NULL (column).'
    END AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'constraint', f.conname) AS metadata,
    format('set_null_columns:%I.%I:%I', n.nspname, c.relname, f.conname) AS cache_key
FROM pg_catalog.pg_constraint AS f
JOIN pg_catalog.pg_class AS c ON c.oid = f.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND f.contype = 'f'
  AND f.conparentid = 0
  AND cardinality(f.conkey) > 1
  AND (
      f.confdeltype IN ('n', 'd') AND f.confdelsetcols IS NULL
      OR f.confupdtype IN ('n', 'd')
  );

COMMENT ON VIEW kernel.check_set_null_columns IS
'Foreign keys over several columns with ON DELETE SET NULL (or SET DEFAULT) that do not name the
columns to set, or with either ON UPDATE, which can name none.';

GRANT SELECT ON kernel.check_set_null_columns TO strongroom_runner, pg_monitor;
