CREATE VIEW kernel.check_missing_owner_policy
WITH (security_invoker = true)
AS
SELECT
    'missing_owner_policy' AS name,
    'The owner has no policy' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'INTEGRITY'] AS categories,
    'Under FORCE an owner without a policy works blind: foreign keys validate'
    ' over orphans, backfills change nothing, purges and counts report zero.' AS description,
    format('%I.%I has no policy that shows its owner every row.', n.nspname, c.relname) AS detail,
    CASE
        WHEN EXISTS (
            SELECT
            FROM pg_catalog.pg_policy AS p
            WHERE p.polrelid = c.oid AND p.polname = 'all_owner'
        ) THEN format('DROP POLICY all_owner ON %I.%I; ', n.nspname, c.relname)
        ELSE ''
    END || format(
        'CREATE POLICY all_owner ON %I.%I FOR ALL TO %s USING (true) WITH CHECK (true);',
        n.nspname, c.relname, c.relowner::regrole
    ) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname) AS metadata,
    format('missing_owner_policy:%I.%I', n.nspname, c.relname) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p')
  -- Looked up once, not for each table.
  AND c.oid NOT IN (
      SELECT p.polrelid
      FROM pg_catalog.pg_policy AS p
      JOIN pg_catalog.pg_class AS o ON o.oid = p.polrelid
      WHERE p.polpermissive
        AND p.polcmd = '*'
        AND p.polroles = ARRAY[o.relowner]
        AND pg_catalog.pg_get_expr(p.polqual, p.polrelid) = 'true'
        AND pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) = 'true'
  );

COMMENT ON VIEW kernel.check_missing_owner_policy IS
'Tables and partitions without a permissive policy FOR ALL to their owner, USING (true) WITH CHECK
(true).';

GRANT SELECT ON kernel.check_missing_owner_policy TO strongroom_runner, pg_monitor;
