CREATE VIEW kernel.check_audit_drift
WITH (security_invoker = true)
AS
WITH
functions AS (
    SELECT p.oid, p.proname, p.prosrc, p.proconfig, t.argument AS shape_id
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace AND n.nspname = 'kernel'
    CROSS JOIN kernel.comment_tags(pg_catalog.obj_description(p.oid, 'pg_proc')) AS t
    WHERE t.tag = 'audit'
),
triggered AS (
    SELECT
        f.oid AS function, f.prosrc, f.proconfig, f.shape_id,
        c.oid, format('%I.%I', n.nspname, c.relname) AS relation,
        -- A table that was detached kept its triggers but this one, which was its root's.
        EXISTS (
            SELECT
            FROM pg_catalog.pg_trigger AS k
            WHERE k.tgrelid = c.oid AND k.tgname = 't50_audit_key'
        ) AS has_key
    FROM functions AS f
    JOIN pg_catalog.pg_trigger AS t ON t.tgfoid = f.oid AND t.tgname = 't50_audit_update'
    JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid AND NOT c.relispartition
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
),
left_over AS (
    SELECT t.oid, t.relation, r.relation AS root_name
    FROM triggered AS t
    JOIN triggered AS r ON r.function = t.function AND r.has_key
    WHERE NOT t.has_key
),
roots AS (
    SELECT t.*, kernel.audit_columns(t.oid) AS columns
    FROM triggered AS t
    WHERE t.oid NOT IN (SELECT o.oid FROM left_over AS o)
),
members AS (
    SELECT r.oid AS root, r.relation AS root_name, r.function, r.oid, r.relation, false AS is_partition
    FROM roots AS r
    UNION ALL
    SELECT r.oid, r.relation, r.function, p.relid, format('%I.%I', n.nspname, c.relname), true
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
    WHERE r.shape_id IS DISTINCT FROM kernel.audit_shape_id(r.columns)::text
    UNION ALL
    -- Types are in the function and in no list: where one was changed, values are written that
    -- depend on the session. What somebody made of the function himself is seen as well.
    SELECT
        'ERROR',
        r.relation,
        'function',
        format('The trigger function of %s is not the one that its columns want now.', r.relation),
        format('SELECT kernel.enable_audit(%L), in a migration.', r.relation)
    FROM roots AS r
    WHERE r.shape_id = kernel.audit_shape_id(r.columns)::text
      AND (
          r.prosrc <> kernel.audit_function_source(r.oid, r.columns)
          OR (kernel.audit_settings(r.oid) <> '')
          <> ('IntervalStyle=iso_8601' = ANY (r.proconfig))
      )
    UNION ALL
    SELECT
        'WARN',
        o.relation,
        'detached',
        format('Changes of %s are logged as those of %s, of which it is no partition.', o.relation, o.root_name),
        format('SELECT kernel.disable_audit(%L);', o.relation)
    FROM left_over AS o
    UNION ALL
    SELECT
        CASE WHEN m.is_partition THEN 'WARN' ELSE 'ERROR' END,
        m.relation,
        wanted.trigger,
        format('%s has no trigger %s of its table, or it is disabled.', m.relation, wanted.trigger),
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
          -- A table that was audited by itself once, and is a partition now, has another's.
          AND (t.tgfoid = m.function OR wanted.trigger IN ('t50_audit_truncate', 't50_audit_key'))
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
'Audited tables whose columns, types, tags or triggers are not what the audit log was told: ERROR, or
WARN for a partition that lacks a trigger of its own, and for a table that was detached and is logged
as its table still. INFO for what a dropped table left.';

GRANT SELECT ON kernel.check_audit_drift TO strongroom_runner, pg_monitor;
