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
),
-- Roles that give more than a role of ours is to have: others of ours, and what gets past policies.
grave AS (
    SELECT r.oid
    FROM pg_catalog.pg_roles AS r
    WHERE r.rolname IN (SELECT w.name FROM wanted AS w WHERE w.name <> 'strongroom_client')
       OR r.rolsuper OR r.rolbypassrls OR r.rolcreaterole
       OR r.rolname IN (
           'pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files',
           'pg_write_server_files', 'pg_execute_server_program'
       )
),
memberships AS (
    SELECT
        w.oid AS member,
        o.oid AS role,
        e.is_explicit,
        w.rolname = 'strongroom_owner' AND o.rolname LIKE '%\_definer'
        OR o.rolname = 'strongroom_client' AS may_inherit,
        o.rolname = 'strongroom_client'
        OR w.rolname = 'strongroom_owner' AND o.rolname LIKE '%\_definer'
        OR w.rolname IN ('strongroom_migrator', 'strongroom_runner')
        AND o.rolname = 'strongroom_owner'
        OR w.rolname = 'strongroom_login' AND o.rolname ~ '_(app|worker|analyst)$'
        AND NOT (o.rolsuper OR o.rolbypassrls) AS may_become,
        -- From 16 on a membership says whether it inherits, and is known by who granted it.
        CASE WHEN e.is_explicit THEN (e.edge ->> 'inherit_option')::boolean ELSE w.rolinherit END
            AS inherits,
        m.admin_option AS may_grant,
        o.oid IN (SELECT g.oid FROM grave AS g) OR beyond.names IS NOT NULL AS reaches,
        CASE WHEN o.oid NOT IN (SELECT g.oid FROM grave AS g) THEN beyond.names END AS more,
        e.by,
        format('REVOKE %s FROM %s%s CASCADE;', o.oid::regrole, w.oid::regrole, e.by) AS revoke
    FROM pg_catalog.pg_auth_members AS m
    JOIN pg_catalog.pg_roles AS w ON w.oid = m.member AND NOT w.rolsuper
    JOIN pg_catalog.pg_roles AS o ON o.oid = m.roleid
    CROSS JOIN LATERAL (
        SELECT
            pg_catalog.to_jsonb(m),
            pg_catalog.current_setting('server_version_num')::integer >= 160000,
            CASE
                WHEN pg_catalog.current_setting('server_version_num')::integer >= 160000
                    THEN ' GRANTED BY ' || m.grantor::regrole
                ELSE ''
            END
    ) AS e (edge, is_explicit, by)
    CROSS JOIN LATERAL (
        SELECT string_agg(g.oid::regrole::text, ', ' ORDER BY g.oid::regrole::text)
        FROM grave AS g
        WHERE g.oid NOT IN (o.oid, w.oid)
          AND NOT o.rolsuper
          AND pg_catalog.pg_has_role(o.oid, g.oid, 'MEMBER')
    ) AS beyond (names)
    WHERE w.rolname IN (SELECT x.name FROM wanted AS x)
      AND NOT (
          e.is_explicit
          AND NOT (e.edge ->> 'inherit_option')::boolean
          AND NOT (e.edge ->> 'set_option')::boolean
          AND NOT m.admin_option
      )
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
        m.member::regrole::text,
        CASE WHEN m.inherits THEN 'has the rights of ' ELSE 'may become ' END
        || m.role::regrole || coalesce(' (and ' || m.more || ')', ''),
        CASE
            WHEN NOT m.may_become THEN m.revoke
            -- Without the membership an application could not work at all.
            WHEN m.is_explicit
                THEN format('GRANT %s TO %s WITH INHERIT FALSE%s;', m.role::regrole, m.member::regrole, m.by)
            ELSE format('ALTER ROLE %s NOINHERIT;', m.member::regrole)
        END
    FROM memberships AS m
    WHERE NOT m.may_become AND m.reaches OR m.may_become AND m.inherits AND NOT m.may_inherit
    UNION ALL
    SELECT
        m.member::regrole::text,
        'may grant ' || m.role::regrole || ' to others',
        format(
            'REVOKE ADMIN OPTION FOR %s FROM %s%s CASCADE;', m.role::regrole, m.member::regrole, m.by
        )
    FROM memberships AS m
    WHERE m.may_become AND m.may_grant
) AS found (role, problem, mend);

COMMENT ON VIEW kernel.check_role_rights IS
'Roles of the kernel and of apps that are missing, that policies do not bind, or that are members of
each other, or of a role that gets past policies, otherwise than schema/roles.sql makes them.';

GRANT SELECT ON kernel.check_role_rights TO strongroom_runner, pg_monitor;
