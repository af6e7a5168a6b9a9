-- Takes every data key with it, and with them what they sealed: dump the tables first. Drop the guards
-- and sealed columns of apps before.

CREATE OR REPLACE VIEW kernel.check_column_tags
WITH (security_invoker = true)
AS
WITH
columns AS (
    SELECT
        format('%I.%I.%I', n.nspname, c.relname, a.attname) AS object,
        pg_catalog.col_description(c.oid, a.attnum) AS comment
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE n.nspname IN (SELECT kernel.app_schemas())
      AND c.relkind IN ('r', 'p', 'm', 'f')
      -- Partitions speak through their root.
      AND NOT c.relispartition
),
tags AS MATERIALIZED (
    SELECT c.object, t.tag, t.argument
    FROM columns AS c
    CROSS JOIN kernel.comment_tags(c.comment) AS t
),
classes AS (
    SELECT
        t.object,
        count(*) FILTER (WHERE t.tag IN ('personal', 'public', 'internal')) AS class_count,
        bool_or(t.tag = 'personal') AS is_personal,
        bool_or(t.tag = 'erase') AS has_erase
    FROM tags AS t
    GROUP BY t.object
)
SELECT
    'column_tags' AS name,
    'A column does not say what it holds' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PRIVACY'] AS categories,
    'Export, erasure, masking and audit follow the tags in the comments of'
    ' columns. A column without a class counts as personal, and nobody knows how'
    ' to erase it.' AS description,
    format('%s %s.', found.object, found.problem) AS detail,
    'COMMENT ON COLUMN, with one of @personal KIND, @public, @internal on a line'
    ' of its own at the end, and @erase below @personal.' AS remediation,
    jsonb_build_object('column', found.object) AS metadata,
    format('column_tags:%s:%s', found.object, found.problem) AS cache_key
FROM (
    SELECT c.object, 'has no class: @personal KIND, @public or @internal'
    FROM columns AS c
    LEFT JOIN classes AS k ON k.object = c.object
    WHERE coalesce(k.class_count, 0) = 0
    UNION ALL
    SELECT k.object, format('has %s classes', k.class_count)
    FROM classes AS k
    WHERE k.class_count > 1
    UNION ALL
    SELECT t.object, format('has an unknown tag: @%s', t.tag)
    FROM tags AS t
    WHERE t.tag NOT IN ('personal', 'public', 'internal', 'erase', 'sealed', 'json', 'subject')
    UNION ALL
    SELECT
        t.object,
        format('has an argument that @%s does not take: %s', t.tag, coalesce(t.argument, 'none'))
    FROM tags AS t
    WHERE t.tag = 'personal' AND t.argument IS NULL
       OR t.tag IN ('public', 'internal') AND t.argument IS NOT NULL
       OR t.tag = 'erase' AND coalesce(t.argument, '') !~ '^(delete|null|mask .+|keep .+)$'
       OR t.tag = 'sealed' AND coalesce(t.argument, '') !~ '^\S+ \S+ \S+$'
       OR t.tag = 'json' AND t.argument IS NULL
    UNION ALL
    SELECT k.object, 'is personal and does not say what erasure does: @erase'
    FROM classes AS k
    WHERE k.is_personal AND NOT k.has_erase
) AS found (object, problem);

DROP FUNCTION IF EXISTS
    kernel.require_sealing_keys(regclass, text, boolean, text[], text[], bigint[], text[]),
    kernel.require_key_access(text),
    kernel.claim_data_key(text, text),
    kernel.claim_data_keys(bigint[]),
    kernel.give_data_key(text, text, text, bytea),
    kernel.claim_index_keys(text),
    kernel.wrapped_keys(bigint[]),
    kernel.shred_subject_keys(text, text),
    kernel.activate_encryption_key(text),
    kernel.register_encryption_key(text, text, bytea),
    kernel.data_keys_to_move(text, text, boolean, integer),
    kernel.rewrap_data_keys(text, bigint[], bytea[], bytea[]),
    kernel.replace_data_keys(text, bigint[], bytea[]),
    kernel.close_data_keys(text, text),
    kernel.rows_under_keys(text, text),
    kernel.retire_encryption_key(text);
DROP VIEW kernel.check_sealing_drift;
DROP TABLE kernel.subject_key;
DROP TABLE kernel.encryption_key;
DROP DOMAIN kernel.sealed;
