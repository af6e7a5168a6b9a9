-- Nobody is told of such tables any more; nothing is lost.

CREATE OR REPLACE VIEW kernel.check_audit_drift
WITH (security_invoker = true)
AS
WITH
functions AS (
    SELECT p.oid, p.proname, t.argument AS shape_id
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace AND n.nspname = 'kernel'
    CROSS JOIN kernel.comment_tags(pg_catalog.obj_description(p.oid, 'pg_proc')) AS t
    WHERE t.tag = 'audit'
),
roots AS (
    SELECT f.proname, f.shape_id, c.oid, format('%I.%I', n.nspname, c.relname) AS relation
    FROM functions AS f
    JOIN pg_catalog.pg_trigger AS t ON t.tgfoid = f.oid AND t.tgname = 't50_audit_update'
    JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid AND NOT c.relispartition
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
),
members AS (
    SELECT r.oid AS root, r.relation AS root_name, r.oid, r.relation, false AS is_partition
    FROM roots AS r
    UNION ALL
    SELECT r.oid, r.relation, p.relid, format('%I.%I', n.nspname, c.relname), true
    FROM roots AS r
    CROSS JOIN pg_catalog.pg_partition_tree(r.oid) AS p
    JOIN pg_catalog.pg_class AS c ON c.oid = p.relid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE p.relid <> r.oid
)
SELECT
    'audit_drift' AS name,
    'A table is not audited as it should be' AS title,
    found.level,
    'INTERNAL' AS facing,
    ARRAY['AUDIT'] AS categories,
    'The lists of columns are baked into the trigger function of each audited table. Where the table'
    ' is another by now, values are missing from the log, or personal ones are kept that should not'
    ' be.' AS description,
    found.detail,
    found.remediation,
    jsonb_build_object('relation', found.relation) AS metadata,
    format('audit_drift:%s:%s', found.relation, found.what) AS cache_key
FROM (
    SELECT
        'ERROR',
        r.relation,
        'columns',
        format('The columns or tags of %s are not those that it is audited by.', r.relation),
        format('SELECT kernel.enable_audit(%L), in a migration.', r.relation)
    FROM roots AS r
    WHERE r.shape_id IS DISTINCT FROM kernel.audit_shape_id(kernel.audit_columns(r.oid))::text
    UNION ALL
    SELECT
        CASE WHEN m.is_partition THEN 'WARN' ELSE 'ERROR' END,
        m.relation,
        wanted.trigger,
        format('%s has no trigger %s, or it is disabled.', m.relation, wanted.trigger),
        format('SELECT kernel.enable_audit(%L), or kernel.disable_audit of it.', m.root_name)
    FROM members AS m
    CROSS JOIN (
        VALUES
            ('t50_audit_insert'), ('t50_audit_update'), ('t50_audit_delete'), ('t50_audit_truncate'),
            ('t50_audit_key')
    ) AS wanted (trigger)
    WHERE NOT EXISTS (
        SELECT
        FROM pg_catalog.pg_trigger AS t
        WHERE t.tgrelid = m.oid AND t.tgname = wanted.trigger AND t.tgenabled IN ('O', 'A')
    )
    UNION ALL
    SELECT
        'INFO',
        format('kernel.%I', f.proname),
        'function',
        format('kernel.%I writes the audit log of a table that is gone.', f.proname),
        format('DROP FUNCTION kernel.%I().', f.proname)
    FROM functions AS f
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgfoid = f.oid)
) AS found (level, relation, what, detail, remediation);

COMMENT ON VIEW kernel.check_audit_drift IS
'Audited tables whose columns, tags or triggers are not what the audit log was told: ERROR, or WARN
for a partition that lacks a trigger of its own. INFO for what a dropped table left.';
