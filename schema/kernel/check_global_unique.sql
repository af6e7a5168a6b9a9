CREATE VIEW kernel.check_global_unique
WITH (security_invoker = true)
AS
SELECT
    'global_unique' AS name,
    'A unique key spans the rows of all people' AS title,
    'INFO' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'Whoever inserts a value learns whether somebody else has it, and the key'
    ' keeps the table from being spread over machines by person. Where it must be'
    ' so, it is as it is.' AS description,
    format('%I.%I is unique over all people of %I.', n.nspname, x.relname, c.relname) AS detail,
    'Begin the key with the column that says whose row it is, unless the value'
    ' must be unique over all.' AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'index', x.relname) AS metadata,
    format('global_unique:%I.%I', n.nspname, x.relname) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_index AS i ON i.indrelid = c.oid AND i.indisunique
JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
CROSS JOIN LATERAL (
    SELECT array_agg(a.attnum)
    FROM kernel.subject_columns(c.oid) AS subject (name)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = subject.name
) AS subject (columns)
WHERE n.nspname IN (SELECT kernel.app_schemas())
  AND c.relkind IN ('r', 'p')
  AND NOT c.relispartition
  AND subject.columns IS NOT NULL
  AND NOT (i.indkey::smallint[])[0:i.indnkeyatts - 1] && subject.columns;

COMMENT ON VIEW kernel.check_global_unique IS
'Unique indexes of tables of apps that belong to people, without the column that says whose row it
is.';

GRANT SELECT ON kernel.check_global_unique TO strongroom_runner, pg_monitor;
