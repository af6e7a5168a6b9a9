CREATE VIEW kernel.check_role_rights
WITH (security_invoker = true)
AS
WITH wanted (name, may_log_in) AS (
    VALUES
        ('strongroom_owner', false), ('strongroom_client', false), ('strongroom_migrator', true),
        ('strongroom_login', true), ('strongroom_runner', true), ('strongroom_definer', false),
        ('strongroom_auditor', false)
    UNION ALL
    SELECT app.name || kind.suffix, false
    FROM kernel.app_schemas() AS app (name)
    CROSS JOIN (VALUES ('_app'), ('_worker'), ('_analyst'), ('_definer')) AS kind (suffix)
)
SELECT
    'role_rights' AS name,
    'A role of ours can do too much, or is missing' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'Policies bind neither superusers nor roles with BYPASSRLS; a role that'
    ' inherits another, makes roles or replicates gets past what its grants say.' AS description,
    format('%s %s.', found.role, found.problem) AS detail,
    found.mend AS remediation,
    jsonb_build_object('role', found.role) AS metadata,
    format('role_rights:%s:%s', found.role, found.problem) AS cache_key
FROM (
    SELECT
        pg_catalog.quote_ident(w.name),
        'does not exist',
        'An administrator runs schema/roles.sql.'
    FROM wanted AS w
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = w.name)
    UNION ALL
    SELECT
        pg_catalog.quote_ident(w.name),
        problem.text,
        format('ALTER ROLE %I %s;', w.name, problem.mend)
    FROM wanted AS w
    JOIN pg_catalog.pg_roles AS r ON r.rolname = w.name
    CROSS JOIN LATERAL (
        VALUES
            ('is a superuser', 'NOSUPERUSER', r.rolsuper),
            ('bypasses row level security', 'NOBYPASSRLS', r.rolbypassrls),
            ('may create roles', 'NOCREATEROLE', r.rolcreaterole),
            ('may replicate', 'NOREPLICATION', r.rolreplication),
            ('may log in', 'NOLOGIN', r.rolcanlogin AND NOT w.may_log_in)
    ) AS problem (text, mend, is_there)
    WHERE problem.is_there
    UNION ALL
    SELECT
        pg_catalog.quote_ident(w.name),
        'has the rights of ' || pg_catalog.quote_ident(other.name),
        format('REVOKE %I FROM %I;', other.name, w.name)
    FROM wanted AS w
    JOIN wanted AS other ON other.name <> w.name AND other.name <> 'strongroom_client'
    JOIN pg_catalog.pg_roles AS r ON r.rolname = w.name
    JOIN pg_catalog.pg_roles AS o ON o.rolname = other.name
    WHERE pg_catalog.pg_has_role(r.oid, o.oid, 'USAGE')
      AND NOT r.rolsuper
      AND NOT (w.name = 'strongroom_owner' AND other.name LIKE '%\_definer')
) AS found (role, problem, mend);

COMMENT ON VIEW kernel.check_role_rights IS
'Roles of the kernel and of apps that are missing, that policies do not bind, or that have rights of
each other.';

GRANT SELECT ON kernel.check_role_rights TO strongroom_runner, pg_monitor;
