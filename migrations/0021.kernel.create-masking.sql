-- Give analysts views that hide who is who, made of the tags of columns.
-- depends: 0020.kernel.create-sealing
-- locks: none that anyone waits for; a new table and views

CREATE TABLE kernel.masking_key (
    app text NOT NULL,
    inner_key bytea NOT NULL,
    outer_key bytea NOT NULL,
    version integer NOT NULL DEFAULT 1,
    made_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT masking_key_pkey PRIMARY KEY (app),
    CONSTRAINT masking_key_inner_key_length_check CHECK (octet_length(inner_key) = 64),
    CONSTRAINT masking_key_outer_key_length_check CHECK (octet_length(outer_key) = 64)
);

-- Keys are not for the planner's statistics.
ALTER TABLE kernel.masking_key
    ALTER COLUMN inner_key SET STATISTICS 0,
    ALTER COLUMN outer_key SET STATISTICS 0;

COMMENT ON TABLE kernel.masking_key IS
'What the pseudonyms in the masked views of an app are keyed by. It lies beside the data that it hides,
and goes into the same backups: it keeps analysts, and whoever finds their copies, from guessing, and
nobody else. Only the owner reads the keys, in the name of the views.';
COMMENT ON COLUMN kernel.masking_key.app IS
'The app: its schema.';
COMMENT ON COLUMN kernel.masking_key.inner_key IS
'64 random bytes, a block of SHA-256.';
COMMENT ON COLUMN kernel.masking_key.outer_key IS
'64 random bytes, a block of SHA-256.';
COMMENT ON COLUMN kernel.masking_key.version IS
'1, and one more with each rotation.';
COMMENT ON COLUMN kernel.masking_key.made_at IS
'When this key was made.';

ALTER TABLE kernel.masking_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.masking_key FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.masking_key
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_monitor ON kernel.masking_key
FOR SELECT TO strongroom_runner, pg_monitor USING (true);

GRANT SELECT (app, version, made_at) ON kernel.masking_key TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_masking_drift
WITH (security_invoker = true)
AS
WITH
views AS (
    SELECT v.oid, n.nspname AS app, v.relname, v.relowner, v.relacl, base.relation
    FROM pg_catalog.pg_class AS v
    JOIN pg_catalog.pg_namespace AS n ON n.oid = v.relnamespace
    CROSS JOIN kernel.comment_tags(pg_catalog.obj_description(v.oid, 'pg_class')) AS t
    CROSS JOIN LATERAL (
        SELECT min(c.oid)
        FROM pg_catalog.pg_rewrite AS r
        JOIN pg_catalog.pg_depend AS d
            ON d.classid = 'pg_catalog.pg_rewrite'::regclass
            AND d.objid = r.oid
            AND d.refclassid = 'pg_catalog.pg_class'::regclass
        JOIN pg_catalog.pg_class AS c ON c.oid = d.refobjid AND c.relnamespace = v.relnamespace
        WHERE r.ev_class = v.oid AND c.oid <> v.oid
    ) AS base (relation)
    WHERE v.relkind = 'v' AND n.nspname IN (SELECT kernel.app_schemas()) AND t.tag = 'masked'
),
shown AS (
    SELECT v.oid, a.attname, t.argument AS mask, pg_catalog.format_type(a.atttypid, NULL) AS type
    FROM views AS v
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = v.oid AND a.attnum > 0
    LEFT JOIN LATERAL kernel.comment_tags(pg_catalog.col_description(v.oid, a.attnum)) AS t
        ON t.tag = 'mask'
),
wanted AS (
    SELECT
        v.oid,
        m.column_name,
        m.mask,
        pg_catalog.format_type(
            CASE pg_catalog.split_part(m.mask, ' ', 1)
                WHEN 'pseudonym' THEN 'uuid'::regtype
                WHEN 'month' THEN 'date'::regtype
                WHEN 'presence' THEN 'boolean'::regtype
                WHEN 'shape' THEN 'jsonb'::regtype
                WHEN 'keep' THEN a.atttypid
                ELSE m.type
            END, NULL
        ) AS type
    FROM views AS v
    CROSS JOIN kernel.masked_columns(v.relation) AS m
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = v.relation AND a.attnum = m.position
    WHERE m.mask <> 'hide'
)
SELECT
    'masking_drift' AS name,
    'A masked view is not what the tags say' AS title,
    found.level,
    'EXTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PRIVACY'] AS categories,
    'The columns of a masked view are decided when kernel.masked_view() is called. A column whose tags'
    ' became stricter since is still shown as before, and a new one is not shown.' AS description,
    format(found.detail, format('%I.%I', v.app, v.relname), found.column_name) AS detail,
    CASE found.what
        WHEN 'privilege'
            THEN format(
                'REVOKE ALL ON %1$I.%2$I FROM %3$s; SELECT kernel.masked_view(%4$L);',
                v.app, v.relname, found.column_name, v.relation::regclass
            )
        ELSE format('SELECT kernel.masked_view(%L), in a migration.', v.relation::regclass)
    END AS remediation,
    jsonb_build_object('schema', v.app, 'name', v.relname, 'column', found.column_name) AS metadata,
    format('masking_drift:%I.%I:%s:%s', v.app, v.relname, found.what, found.column_name) AS cache_key
FROM (
    SELECT 'ERROR', s.oid, 'shown', s.attname::text, 'Column %2$I of %1$s is not masked as its tags say now.'
    FROM shown AS s
    WHERE NOT EXISTS (
        SELECT
        FROM wanted AS w
        WHERE w.oid = s.oid
          AND (w.column_name, w.mask, w.type) IS NOT DISTINCT FROM (s.attname, s.mask, s.type)
    )
    UNION ALL
    SELECT 'WARN', w.oid, 'missing', w.column_name::text, '%1$s lacks column %2$I, which its tags show now.'
    FROM wanted AS w
    WHERE NOT EXISTS (SELECT FROM shown AS s WHERE s.oid = w.oid AND s.attname = w.column_name)
    UNION ALL
    SELECT 'ERROR', v.oid, 'privilege', acl.grantee::regrole::text, '%2$s may do more with %1$s than read it.'
    FROM views AS v
    CROSS JOIN pg_catalog.aclexplode(v.relacl) AS acl
    WHERE acl.grantee NOT IN (0, v.relowner)
      AND (acl.privilege_type <> 'SELECT' OR acl.is_grantable)
    GROUP BY v.oid, acl.grantee
    UNION ALL
    SELECT 'ERROR', v.oid, 'key', v.app, 'The pseudonyms of %1$s are empty: app %2$I has no key.'
    FROM views AS v
    WHERE NOT EXISTS (SELECT FROM kernel.masking_key AS k WHERE k.app = v.app)
) AS found (level, oid, what, column_name, detail)
JOIN views AS v ON v.oid = found.oid;

COMMENT ON VIEW kernel.check_masking_drift IS
'Masked views that show a column otherwise than its tags say now, that more than reading was granted on,
or whose app has no key: ERROR. WARN for a column that could be shown and is not.';

GRANT SELECT ON kernel.check_masking_drift TO strongroom_runner, pg_monitor;

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
    WHERE t.tag NOT IN (
        'personal', 'public', 'internal', 'erase', 'sealed', 'blind', 'json', 'subject', 'mask'
    )
    UNION ALL
    SELECT
        t.object,
        format('has an argument that @%s does not take: %s', t.tag, coalesce(t.argument, 'none'))
    FROM tags AS t
    WHERE t.tag = 'personal' AND t.argument IS NULL
       OR t.tag IN ('public', 'internal') AND t.argument IS NOT NULL
       OR t.tag = 'erase' AND coalesce(t.argument, '') !~ '^(delete|null|mask .+|keep .+)$'
       OR t.tag = 'sealed' AND coalesce(t.argument, '') !~ '^\S+ \S+ \S+( pad [1-9]\d{0,3})?$'
       OR t.tag = 'blind' AND coalesce(t.argument, '') !~ '^\S+ \S+$'
       OR t.tag = 'json' AND t.argument IS NULL
       OR t.tag = 'mask' AND coalesce(t.argument, '')
       !~ '^(hide|keep|month|band( [1-9][0-9]{0,17})?|pseudonym|presence|shape)$'
    UNION ALL
    SELECT k.object, 'is personal and does not say what erasure does: @erase'
    FROM classes AS k
    WHERE k.is_personal AND NOT k.has_erase
) AS found (object, problem);
