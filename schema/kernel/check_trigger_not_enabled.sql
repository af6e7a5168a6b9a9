CREATE VIEW kernel.check_trigger_not_enabled
WITH (security_invoker = true)
AS
SELECT
    'trigger_not_enabled' AS name,
    'A trigger is not enabled as usual' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'INTEGRITY'] AS categories,
    'Foreign keys, audit and ledgers are triggers. One that is disabled keeps'
    ' nothing; one that is for replicas alone, or for all, fires when nobody'
    ' expects it.' AS description,
    format('%I on %I.%I is not enabled as usual.', t.name, t.schema_name, t.table_name) AS detail,
    CASE
        -- What a constraint consists of can only be enabled with all the others.
        WHEN t.is_internal
            THEN format('ALTER TABLE %I.%I ENABLE TRIGGER ALL;', t.schema_name, t.table_name)
        ELSE format('ALTER TABLE %I.%I ENABLE TRIGGER %I;', t.schema_name, t.table_name, t.name)
    END AS remediation,
    jsonb_build_object(
        'schema', t.schema_name, 'name', t.table_name, 'trigger', t.name
    ) AS metadata,
    format('trigger_not_enabled:%I.%I:%I', t.schema_name, t.table_name, t.name) AS cache_key
FROM (
    -- A foreign key has several triggers on a table; it is told of once.
    SELECT DISTINCT
        n.nspname, c.relname, coalesce(k.conname, t.tgname), t.tgisinternal
    FROM pg_catalog.pg_trigger AS t
    JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_constraint AS k ON k.oid = t.tgconstraint
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
      AND t.tgenabled <> 'O'
) AS t (schema_name, table_name, name, is_internal);

COMMENT ON VIEW kernel.check_trigger_not_enabled IS
'Triggers of ours that are disabled, or enabled for replicas alone or always; those of foreign keys
too.';

GRANT SELECT ON kernel.check_trigger_not_enabled TO strongroom_runner, pg_monitor;
