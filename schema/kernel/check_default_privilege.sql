CREATE VIEW kernel.check_default_privilege
WITH (security_invoker = true)
AS
SELECT
    'default_privilege' AS name,
    'What is created later is granted by default' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'A default grant reaches every table, partition and function that anybody'
    ' adds, before its policies do.' AS description,
    rule.text AS detail,
    rule.mend AS remediation,
    jsonb_build_object('role', rule.creator, 'schema', rule.schema) AS metadata,
    format('default_privilege:%s', rule.text) AS cache_key
FROM (
    SELECT
        format(
            '%s gets %s on every new one of the %s of %s%s.', given.grantee, acl.privilege_type,
            kind.name, given.creator, ' in schema ' || given.schema
        ),
        format(
            'ALTER DEFAULT PRIVILEGES FOR ROLE %s%s REVOKE %s ON %s FROM %s;',
            given.creator, ' IN SCHEMA ' || given.schema, acl.privilege_type, kind.name,
            given.grantee
        ),
        given.creator,
        given.schema
    FROM pg_catalog.pg_default_acl AS d
    LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = d.defaclnamespace
    JOIN (
        VALUES
            ('r', 'TABLES'), ('S', 'SEQUENCES'), ('f', 'ROUTINES'), ('T', 'TYPES'), ('n', 'SCHEMAS'),
            ('L', 'LARGE OBJECTS')
    ) AS kind (letter, name) ON kind.letter = d.defaclobjtype::text
    CROSS JOIN pg_catalog.aclexplode(d.defaclacl) AS acl
    CROSS JOIN LATERAL (
        SELECT
            CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END,
            d.defaclrole::regrole::text,
            pg_catalog.quote_ident(n.nspname)
    ) AS given (grantee, creator, schema)
    WHERE acl.grantee <> d.defaclrole
      AND (d.defaclnamespace = 0 OR n.nspname IN (SELECT kernel.guarded_schemas()))
    UNION ALL
    -- Functions and types are everybody's from the start, unless the creator's defaults say no.
    SELECT
        format(
            'PUBLIC gets %s on every new one of the %s of %s.', built_in.privilege, built_in.kind,
            r.oid::regrole
        ),
        format(
            'ALTER DEFAULT PRIVILEGES FOR ROLE %s REVOKE %s ON %s FROM PUBLIC;', r.oid::regrole,
            built_in.privilege, built_in.kind
        ),
        r.oid::regrole::text,
        NULL
    FROM pg_catalog.pg_roles AS r
    CROSS JOIN (
        VALUES ('f', 'EXECUTE', 'ROUTINES'), ('T', 'USAGE', 'TYPES')
    ) AS built_in (letter, privilege, kind)
    WHERE (
        r.rolname IN ('strongroom_owner', 'strongroom_definer')
        OR r.rolname IN (SELECT app.name || '_definer' FROM kernel.app_schemas() AS app (name))
    )
      AND NOT EXISTS (
          SELECT
          FROM pg_catalog.pg_default_acl AS d
          WHERE d.defaclrole = r.oid
            AND d.defaclnamespace = 0
            AND d.defaclobjtype::text = built_in.letter
      )
) AS rule (text, mend, creator, schema);

COMMENT ON VIEW kernel.check_default_privilege IS
'Default privileges that grant something to others than who creates it, and those of our owners that
leave new functions and types to PUBLIC.';

GRANT SELECT ON kernel.check_default_privilege TO strongroom_runner, pg_monitor;
