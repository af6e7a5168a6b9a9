CREATE VIEW kernel.check_unsafe_privilege
WITH (security_invoker = true)
AS
SELECT
    'unsafe_privilege' AS name,
    'A role may truncate a table, or pass a right on' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'TRUNCATE ignores row level security and triggers for rows; REFERENCES and'
    ' TRIGGER let others hang things on a table, CREATE lets them put things into a'
    ' schema; a grant option lets them hand rights on.' AS description,
    format('%s has %s on %s.', held.grantee, held.text, held.object) AS detail,
    format(
        'REVOKE %s%s%s ON %s%s FROM %s%s;',
        CASE WHEN held.is_unsafe THEN '' ELSE 'GRANT OPTION FOR ' END, held.privilege_type,
        held.columns, held.kind, held.object, held.grantee,
        -- What was handed on goes with it.
        CASE WHEN held.is_grantable THEN ' CASCADE' ELSE '' END
    ) AS remediation,
    jsonb_build_object(
        'schema', held.schema, 'name', held.name, 'role', held.grantee, 'privilege', held.text
    ) AS metadata,
    format('unsafe_privilege:%s:%s:%s', held.object, held.grantee, held.text) AS cache_key
FROM (
    SELECT
        o.kind, o.schema, o.name, o.object, o.columns, acl.privilege_type, acl.is_grantable,
        CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END,
        rule.is_unsafe,
        concat(
            acl.privilege_type, o.columns,
            CASE WHEN acl.is_grantable THEN ' with the right to grant it' END
        )
    FROM (
        SELECT
            CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END, n.nspname, c.relname,
            format('%I.%I', n.nspname, c.relname), NULL, c.relowner, c.relacl
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relacl IS NOT NULL
        UNION ALL
        SELECT
            '', n.nspname, c.relname, format('%I.%I', n.nspname, c.relname),
            format(' (%I)', a.attname), c.relowner, a.attacl
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND NOT a.attisdropped
        WHERE a.attacl IS NOT NULL
        UNION ALL
        SELECT 'SCHEMA ', n.nspname, n.nspname, format('%I', n.nspname), NULL, n.nspowner, n.nspacl
        FROM pg_catalog.pg_namespace AS n
        WHERE n.nspacl IS NOT NULL
        UNION ALL
        SELECT
            'ROUTINE ', n.nspname, p.proname,
            format(
                '%I.%I(%s)', n.nspname, p.proname, (
                    SELECT string_agg(pg_catalog.format_type(a.type, NULL), ', ' ORDER BY a.place)
                    FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, place)
                )
            ),
            NULL, p.proowner, p.proacl
        FROM pg_catalog.pg_proc AS p
        JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
        WHERE p.proacl IS NOT NULL
    ) AS o (kind, schema, name, object, columns, owner, acl)
    CROSS JOIN pg_catalog.aclexplode(o.acl) AS acl
    CROSS JOIN LATERAL (
        SELECT CASE o.kind
            WHEN '' THEN acl.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
            -- Definer functions belong to a role that must be able to have them there.
            WHEN 'SCHEMA ' THEN acl.privilege_type = 'CREATE' AND NOT EXISTS (
                SELECT
                FROM pg_catalog.pg_roles AS r
                WHERE r.oid = acl.grantee
                  AND r.rolname = CASE o.name WHEN 'kernel' THEN 'strongroom' ELSE o.name END
                      || '_definer'
            )
            ELSE false
        END
    ) AS rule (is_unsafe)
    WHERE o.schema IN (SELECT kernel.guarded_schemas())
      AND acl.grantee <> o.owner
      AND (rule.is_unsafe OR acl.is_grantable)
) AS held (
    kind, schema, name, object, columns, privilege_type, is_grantable, grantee, is_unsafe, text
);

COMMENT ON VIEW kernel.check_unsafe_privilege IS
'Grants on tables to others than the owner that are more than SELECT, INSERT, UPDATE or DELETE, CREATE
on a schema for others than its definer role, and rights on tables, sequences, functions and schemas
that may be passed on.';

GRANT SELECT ON kernel.check_unsafe_privilege TO strongroom_runner, pg_monitor;
