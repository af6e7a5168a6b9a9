CREATE VIEW kernel.check_sealing_drift
WITH (security_invoker = true)
AS
WITH
tables AS MATERIALIZED (
    SELECT
        c.oid,
        c.oid AS root,
        format('%I.%I', n.nspname, c.relname) AS relation,
        ARRAY(SELECT s.column_name FROM kernel.sealed_columns(c.oid) AS s) AS tagged,
        ARRAY(
            SELECT a.attname
            FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              AND a.atttypid = 'kernel.sealed'::pg_catalog.regtype
        ) AS typed
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname IN (SELECT kernel.app_schemas())
      AND c.relkind IN ('r', 'p')
      AND NOT c.relispartition
),
members AS (
    SELECT t.oid, t.root, t.relation, false AS is_partition
    FROM tables AS t
    WHERE t.tagged <> '{}'
    UNION ALL
    SELECT p.relid, t.root, format('%I.%I', n.nspname, c.relname), true
    FROM tables AS t
    CROSS JOIN pg_catalog.pg_partition_tree(t.root) AS p
    JOIN pg_catalog.pg_class AS c ON c.oid = p.relid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE t.tagged <> '{}' AND p.relid <> t.root
)
SELECT
    'sealing_drift' AS name,
    'Sealed columns are not guarded as they should be' AS title,
    found.level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY', 'PRIVACY'] AS categories,
    'The guard of a table refuses values that are sealed under another person''s key, or under one that'
    ' is gone, and no key is retired safely without it. Its columns are baked in.' AS description,
    found.detail,
    found.remediation,
    jsonb_build_object('relation', found.relation) AS metadata,
    format('sealing_drift:%s:%s', found.relation, found.what) AS cache_key
FROM (
    SELECT
        CASE WHEN m.is_partition THEN 'WARN' ELSE 'ERROR' END,
        m.relation,
        wanted.trigger,
        format('%s has no trigger %s, or it is disabled.', m.relation, wanted.trigger),
        format('SELECT kernel.guard_sealed(%L), in a migration.', t.relation)
    FROM members AS m
    JOIN tables AS t ON t.oid = m.root
    CROSS JOIN (VALUES ('t20_guard_insert'), ('t20_guard_update')) AS wanted (trigger)
    WHERE NOT EXISTS (
        SELECT
        FROM pg_catalog.pg_trigger AS g
        WHERE g.tgrelid = m.oid AND g.tgname = wanted.trigger AND g.tgenabled IN ('O', 'A')
    )
    UNION ALL
    SELECT
        'ERROR', t.relation, 'columns',
        format('The columns or tags of %s are not those that it is guarded by.', t.relation),
        format('SELECT kernel.guard_sealed(%L), in a migration.', t.relation)
    FROM tables AS t
    JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = t.oid AND g.tgname = 't20_guard_update'
    CROSS JOIN kernel.comment_tags(pg_catalog.obj_description(g.tgfoid, 'pg_proc')) AS tag
    WHERE tag.tag = 'guard' AND tag.argument <> pg_catalog.md5(kernel.guard_shape(t.oid)::text)
    UNION ALL
    SELECT
        'ERROR', t.relation, 'problem',
        format('%s can''t be guarded. %s', t.relation, kernel.guard_problem(t.oid)),
        'Mend the table or the tags of its columns.'
    FROM tables AS t
    WHERE t.tagged <> '{}' AND kernel.guard_problem(t.oid) IS NOT NULL
    UNION ALL
    SELECT
        'ERROR', t.relation, 'untagged:' || c.name,
        format('Column %I of %s is of type kernel.sealed and has no tag @sealed.', c.name, t.relation),
        'COMMENT ON COLUMN, with @sealed TYPE LABEL KEY on a line of its own at the end.'
    FROM tables AS t
    CROSS JOIN unnest(t.typed) AS c (name)
    WHERE c.name <> ALL (t.tagged)
) AS found (level, relation, what, detail, remediation);

COMMENT ON VIEW kernel.check_sealing_drift IS
'Tables with sealed columns that are not guarded, guarded by other columns or tags than they have, or
that can''t be guarded, and columns of type kernel.sealed without a tag: ERROR. Partitions that lack a
trigger of their own: WARN.';

GRANT SELECT ON kernel.check_sealing_drift TO strongroom_runner, pg_monitor;
