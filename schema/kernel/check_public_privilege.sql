CREATE VIEW kernel.check_public_privilege
WITH (security_invoker = true)
AS
SELECT
    'public_privilege' AS name,
    'PUBLIC may use something' AS title,
    'ERROR' AS level,
    'EXTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'What is granted to PUBLIC is granted to every role of the server, now and'
    ' later. Functions and types are, unless somebody takes it away.' AS description,
    format('PUBLIC has %s on %s.', held.privilege_type, held.object) AS detail,
    format(
        'REVOKE %s%s ON %s %s FROM PUBLIC;', held.privilege_type, ' (' || held.column_name || ')',
        held.kind, held.object
    ) AS remediation,
    jsonb_build_object('object', held.object, 'privilege', held.privilege_type) AS metadata,
    format(
        'public_privilege:%s:%s:%s', held.object, held.column_name, held.privilege_type
    ) AS cache_key
FROM (
    SELECT 'SCHEMA', format('%I', n.nspname), NULL, acl.grantee, acl.privilege_type
    FROM pg_catalog.pg_namespace AS n
    CROSS JOIN pg_catalog.aclexplode(
        coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))
    ) AS acl
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
    UNION ALL
    SELECT
        CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
        format('%I.%I', n.nspname, c.relname), NULL, acl.grantee, acl.privilege_type
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN pg_catalog.aclexplode(c.relacl) AS acl
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
    UNION ALL
    SELECT
        'TABLE', format('%I.%I', n.nspname, c.relname), pg_catalog.quote_ident(a.attname),
        acl.grantee, acl.privilege_type
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND NOT a.attisdropped
    CROSS JOIN pg_catalog.aclexplode(a.attacl) AS acl
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
    UNION ALL
    SELECT
        'ROUTINE',
        format('%I.%I(%s)', n.nspname, p.proname, signature.text), NULL, acl.grantee, acl.privilege_type
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    CROSS JOIN pg_catalog.aclexplode(
        coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))
    ) AS acl
    CROSS JOIN LATERAL (
        -- ROUTINE takes an aggregate, but not the ORDER BY among its arguments.
        SELECT CASE p.prokind
            WHEN 'a' THEN array_to_string(
                ARRAY(
                    SELECT pg_catalog.format_type(a.type, NULL)
                    FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, place)
                    ORDER BY a.place
                ), ', '
            )
            ELSE pg_catalog.pg_get_function_identity_arguments(p.oid)
        END
    ) AS signature (text)
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
      -- Those of a range type are made with it, belong to the first superuser, and do no harm.
      AND NOT EXISTS (
          SELECT
          FROM pg_catalog.pg_depend AS d
          WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i'
      )
    UNION ALL
    -- Row types of tables and arrays follow what they belong to.
    SELECT 'TYPE', format('%I.%I', n.nspname, t.typname), NULL, acl.grantee, acl.privilege_type
    FROM pg_catalog.pg_type AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
    LEFT JOIN pg_catalog.pg_type AS e ON e.typarray = t.oid
    CROSS JOIN pg_catalog.aclexplode(
        coalesce(t.typacl, pg_catalog.acldefault('T', t.typowner))
    ) AS acl
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
      AND t.typtype <> 'm'
      AND coalesce(c.relkind, 'c') = 'c'
      AND e.oid IS NULL
) AS held (kind, object, column_name, grantee, privilege_type)
WHERE held.grantee = 0;

COMMENT ON VIEW kernel.check_public_privilege IS
'What PUBLIC may do with schemas, tables, columns, sequences, functions and types of ours.';

GRANT SELECT ON kernel.check_public_privilege TO strongroom_runner, pg_monitor;
