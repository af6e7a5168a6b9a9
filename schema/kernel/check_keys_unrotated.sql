CREATE VIEW kernel.check_keys_unrotated
WITH (security_invoker = true)
AS
SELECT
    'keys_unrotated' AS name,
    found.title,
    found.level,
    'INTERNAL' AS facing,
    ARRAY['MAINTENANCE', 'PRIVACY'] AS categories,
    'The longer a key is in use, the more is lost with it; and a key that is on its way out must be'
    ' kept until nothing is left under it.' AS description,
    found.detail,
    found.remediation,
    jsonb_build_object('key', found.key) AS metadata,
    format('keys_unrotated:%s:%s', found.key, found.what) AS cache_key
FROM (
    SELECT
        'retiring',
        CASE
            WHEN k.retiring_at < CURRENT_TIMESTAMP - interval '90 days' THEN 'ERROR'
            ELSE 'WARN'
        END,
        'A rotation was not ended',
        k.id,
        format('Master key %s was replaced at %s, and data may still be under it.', k.id, k.retiring_at),
        'strongroom keys rotate, until nothing is left; then strongroom keys retire.'
    FROM kernel.encryption_key AS k
    WHERE k.state = 'retiring' AND k.retiring_at < CURRENT_TIMESTAMP - interval '30 days'
    UNION ALL
    SELECT
        'old', 'INFO', 'A master key is old', k.id,
        format('Master key %s is in use since %s.', k.id, k.registered_at),
        'Rotate it: strongroom keys rotate.'
    FROM kernel.encryption_key AS k
    WHERE k.state = 'active' AND k.registered_at < CURRENT_TIMESTAMP - interval '1 year'
    UNION ALL
    SELECT
        'pseudonyms', 'INFO', 'The key of pseudonyms is old', k.app,
        format('Pseudonyms in masked views of %I are the same since %s.', k.app, k.made_at),
        format('SELECT kernel.rotate_masking_key(%L);', k.app)
    FROM kernel.masking_key AS k
    WHERE k.made_at < CURRENT_TIMESTAMP - interval '1 year'
    UNION ALL
    SELECT DISTINCT
        'missing', 'WARN', 'Sealed columns have no key', n.nspname || '.' || s.purpose,
        format(
            'Sealed columns of app %I want an active key of kind %s for %s.', n.nspname, s.kind, s.purpose
        ),
        'Make one and register it: strongroom keys new, then strongroom keys rotate.'
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN kernel.sealed_columns(c.oid) AS s
    WHERE n.nspname IN (SELECT kernel.app_schemas())
      AND c.relkind IN ('r', 'p')
      AND NOT c.relispartition
      AND NOT EXISTS (
          SELECT
          FROM kernel.encryption_key AS k
          WHERE k.app = n.nspname AND k.purpose = s.purpose AND k.kind = s.kind AND k.state = 'active'
      )
    UNION ALL
    -- What one person has sealed comes nowhere near; an app's own key seals all rows of its tables.
    SELECT
        'crowded',
        CASE WHEN sum(rows.count) >= 2 ^ 32 THEN 'ERROR' ELSE 'WARN' END,
        'Much is sealed under one key', n.nspname || '.' || s.purpose,
        format(
            'Tables of app %I that are not of one person hold about %s million values under its key for'
            ' %s, and each that is written anew counts again. A key is for 2^32 values.',
            n.nspname, (sum(rows.count) / 1000000)::bigint, s.purpose
        ),
        'Seal them for people, or for several purposes; and replace the key in time: strongroom keys'
        ' rotate --reencrypt.'
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN kernel.sealed_columns(c.oid) AS s
    CROSS JOIN LATERAL (
        SELECT sum(greatest(leaf.reltuples, 0))
        FROM pg_catalog.pg_class AS leaf
        WHERE leaf.relkind = 'r'
          AND (
              leaf.oid = c.oid
              OR leaf.oid IN (SELECT t.relid FROM pg_catalog.pg_partition_tree(c.oid) AS t)
          )
    ) AS rows (count)
    WHERE n.nspname IN (SELECT kernel.app_schemas())
      AND c.relkind IN ('r', 'p')
      AND NOT c.relispartition
      AND s.kind = 'seal'
      AND 1 <> (SELECT count(*) FROM kernel.subject_columns(c.oid))
    GROUP BY n.nspname, s.purpose
    HAVING sum(rows.count) >= 2 ^ 31
) AS found (what, level, title, key, detail, remediation);

COMMENT ON VIEW kernel.check_keys_unrotated IS
'Master keys that were replaced and not retired for a month (WARN) or for three (ERROR), keys and keys
of pseudonyms that are older than a year (INFO), sealed columns for which no key is active (WARN), and
purposes under which an app''s own key has sealed 2^31 values that are there now (WARN) or 2^32 (ERROR).';

GRANT SELECT ON kernel.check_keys_unrotated TO strongroom_runner, pg_monitor;
