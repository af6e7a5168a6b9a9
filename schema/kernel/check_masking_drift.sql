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
