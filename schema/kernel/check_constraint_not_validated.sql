CREATE VIEW kernel.check_constraint_not_validated
WITH (security_invoker = true)
AS
SELECT
    'constraint_not_validated' AS name,
    'A constraint is not validated' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'INTEGRITY'] AS categories,
    'Rows from before the constraint may break it, and the planner does not count'
    ' on it.' AS description,
    format(
        '%I on %s is not %s.', k.name, k.place,
        CASE WHEN k.is_enforced THEN 'validated' ELSE 'enforced' END
    ) AS detail,
    CASE
        WHEN k.is_enforced
            THEN format('ALTER %s %s VALIDATE CONSTRAINT %I;', k.kind, k.place, k.name)
        WHEN k.is_foreign_key
            THEN format('ALTER TABLE %s ALTER CONSTRAINT %I ENFORCED;', k.place, k.name)
        ELSE 'Drop it, and add it again without NOT ENFORCED.'
    END AS remediation,
    jsonb_build_object('schema', k.schema, 'name', k.of, 'constraint', k.name) AS metadata,
    format('constraint_not_validated:%s:%I', k.place, k.name) AS cache_key
FROM (
    SELECT
        f.conname,
        n.nspname,
        coalesce(c.relname, t.typname),
        format('%I.%I', n.nspname, coalesce(c.relname, t.typname)),
        CASE WHEN c.oid IS NULL THEN 'DOMAIN' ELSE 'TABLE' END,
        f.contype = 'f',
        -- From 18 on; one that is not enforced can not be validated.
        coalesce((pg_catalog.to_jsonb(f) ->> 'conenforced')::boolean, true)
    FROM pg_catalog.pg_constraint AS f
    LEFT JOIN pg_catalog.pg_class AS c ON c.oid = f.conrelid
    LEFT JOIN pg_catalog.pg_type AS t ON t.oid = f.contypid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = coalesce(c.relnamespace, t.typnamespace)
    WHERE NOT f.convalidated
      -- That of a root tells for its partitions.
      AND f.conparentid = 0
      AND f.coninhcount = 0
) AS k (name, schema, of, place, kind, is_foreign_key, is_enforced);

COMMENT ON VIEW kernel.check_constraint_not_validated IS
'Constraints of tables and domains of this database, of any schema, that were added NOT VALID and
never validated, or that are NOT ENFORCED.';

GRANT SELECT ON kernel.check_constraint_not_validated TO strongroom_runner, pg_monitor;
