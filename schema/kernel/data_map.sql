CREATE OR REPLACE VIEW kernel.data_map
WITH (security_invoker = true)
AS
SELECT
    n.nspname AS app,
    c.relname AS table_name,
    a.attname AS column_name,
    c.oid::regclass AS relation,
    root.oid::regclass AS root,
    a.attnum AS position,
    tags.class,
    tags.kind,
    coalesce(tags.class, 'personal') = 'personal' AS is_personal,
    tags.erase,
    tags.sealed_type,
    tags.sealed_label,
    tags.sealed_key,
    tags.json_type
FROM pg_catalog.pg_namespace AS n
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'm', 'f')
CROSS JOIN LATERAL (
    SELECT coalesce(pg_catalog.pg_partition_root(c.oid), c.oid)
) AS root (oid)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_attribute AS r
    ON r.attrelid = root.oid AND r.attname = a.attname AND NOT r.attisdropped
CROSS JOIN LATERAL (
    SELECT
        min(t.tag) FILTER (WHERE t.tag IN ('personal', 'public', 'internal')) AS class,
        min(t.argument) FILTER (WHERE t.tag = 'personal') AS kind,
        min(t.argument) FILTER (WHERE t.tag = 'erase') AS erase,
        min(pg_catalog.split_part(t.argument, ' ', 1)) FILTER (WHERE t.tag = 'sealed')
            AS sealed_type,
        min(pg_catalog.split_part(t.argument, ' ', 2)) FILTER (WHERE t.tag = 'sealed')
            AS sealed_label,
        min(pg_catalog.split_part(t.argument, ' ', 3)) FILTER (WHERE t.tag = 'sealed')
            AS sealed_key,
        min(t.argument) FILTER (WHERE t.tag = 'json') AS json_type
    FROM kernel.comment_tags(pg_catalog.col_description(root.oid, r.attnum)) AS t
) AS tags
WHERE n.nspname IN (SELECT kernel.app_schemas());

COMMENT ON VIEW kernel.data_map IS
'What every stored column of every app holds and what erasure does to it, as the tags in the
comments say. Partitions speak through their root. Reads the catalogue and is not for hot paths.';

COMMENT ON COLUMN kernel.data_map.app IS
'The app: its schema.';
COMMENT ON COLUMN kernel.data_map.table_name IS
'The table, partition, materialised view or foreign table.';
COMMENT ON COLUMN kernel.data_map.column_name IS
'The column.';
COMMENT ON COLUMN kernel.data_map.relation IS
'The table by identity.';
COMMENT ON COLUMN kernel.data_map.root IS
'The table whose comments count: the root of a partition, else the table itself.';
COMMENT ON COLUMN kernel.data_map.position IS
'The attribute number of the column in its table.';
COMMENT ON COLUMN kernel.data_map.class IS
'personal, public or internal; NULL where nobody has said.';
COMMENT ON COLUMN kernel.data_map.kind IS
'What kind of personal data.';
COMMENT ON COLUMN kernel.data_map.is_personal IS
'Whether to treat the column as personal: it is, or nobody has said.';
COMMENT ON COLUMN kernel.data_map.erase IS
'What erasure does: delete, null, mask EXPRESSION or keep REASON.';
COMMENT ON COLUMN kernel.data_map.sealed_type IS
'Type of the value that the envelope hides.';
COMMENT ON COLUMN kernel.data_map.sealed_label IS
'Name of the field, bound into the envelope for ever.';
COMMENT ON COLUMN kernel.data_map.sealed_key IS
'Purpose of the master key.';
COMMENT ON COLUMN kernel.data_map.json_type IS
'Shape of a jsonb column.';

GRANT SELECT ON kernel.data_map TO strongroom_runner, pg_monitor;
