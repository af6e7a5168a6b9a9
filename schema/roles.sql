-- Every role, created where it is missing; roles belong to the cluster, so two databases may do
-- this at once. Works as a superuser, as a role with CREATEROLE that owns the database, or as
-- anyone who may become strongroom_owner when nothing is missing. What exists stays as it is.

DO $roles$
DECLARE
    -- Adding an app is adding its name here.
    c_apps CONSTANT text[] := ARRAY['astroloh', 'chatsphere', 'persona', 'saltbitter', 'tarot'];
    c_attempts CONSTANT integer := 50;
    -- From 16 on a membership says whether it inherits and whether the member may become the role.
    c_explicit CONSTANT boolean
        := pg_catalog.current_setting('server_version_num')::integer >= 160000;
    c_becomes CONSTANT text := CASE WHEN c_explicit THEN 'SET' ELSE 'MEMBER' END;
    v_app_roles text[];
    v_unbound text;
    v_role record;
    v_grant record;
    v_setting text;
BEGIN
    SET LOCAL search_path = pg_catalog, pg_temp;
    FOR v_attempt IN 1 .. c_attempts LOOP
        v_app_roles := '{}';
        BEGIN
            FOR v_role IN
                SELECT fixed.name, fixed.attributes, fixed.settings, fixed.comment, false AS of_app
                FROM (
                    VALUES
                        ('strongroom_owner', 'NOLOGIN', '{}'::text[],
                            'Owns every schema, table and function of the data layer.'),
                        ('strongroom_client', 'NOLOGIN', '{}',
                            'What every role of an app may use in schema kernel.'),
                        ('strongroom_definer', 'NOLOGIN', '{}',
                            'Owns the definer functions of the kernel that serve app roles.'),
                        ('strongroom_auditor', 'NOLOGIN', '{}',
                            'Reads the audit log and verifies its seals.'),
                        ('strongroom_migrator', 'LOGIN NOINHERIT',
                            '{lock_timeout=5s,idle_in_transaction_session_timeout=10min}',
                            'Applies migrations by becoming strongroom_owner.'),
                        ('strongroom_runner', 'LOGIN NOINHERIT',
                            '{lock_timeout=2s,idle_in_transaction_session_timeout=60s}',
                            'Runs maintenance by the kernel''s functions; becomes'
                            ' strongroom_owner to detach partitions.'),
                        ('strongroom_login', 'LOGIN NOINHERIT',
                            '{statement_timeout=30s,lock_timeout=10s,'
                            'idle_in_transaction_session_timeout=60s}',
                            'What applications connect as; it may only become a role of an app.')
                ) AS fixed (name, attributes, settings, comment)
                UNION ALL
                SELECT
                    app.name || kind.suffix, 'NOLOGIN', '{}', format(kind.comment, app.name), true
                FROM unnest(c_apps) AS app (name)
                CROSS JOIN (
                    VALUES
                        ('_app', 'Requests of end users of %s.'),
                        ('_worker', 'Trusted jobs of %s.'),
                        ('_analyst', 'Reads masked and aggregated views of %s.'),
                        ('_definer', 'Owns the definer functions of %s, with policies of its own.')
                ) AS kind (suffix, comment)
            LOOP
                IF v_role.of_app THEN
                    v_app_roles := v_app_roles || v_role.name;
                END IF;
                CONTINUE WHEN EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = v_role.name);
                EXECUTE format('CREATE ROLE %I %s', v_role.name, v_role.attributes);
                EXECUTE format('COMMENT ON ROLE %I IS %L', v_role.name, v_role.comment);
                FOREACH v_setting IN ARRAY v_role.settings LOOP
                    EXECUTE format(
                        'ALTER ROLE %I SET %I = %L',
                        v_role.name, split_part(v_setting, '=', 1), split_part(v_setting, '=', 2)
                    );
                END LOOP;
                CONTINUE WHEN v_role.name <> 'strongroom_migrator';
                -- From 16 on only a role that may create databases can hand that on.
                IF c_explicit AND NOT EXISTS (
                    SELECT
                    FROM pg_roles AS r
                    WHERE r.rolname = CURRENT_USER AND (r.rolsuper OR r.rolcreatedb)
                ) THEN
                    RAISE WARNING USING
                        MESSAGE = 'role "strongroom_migrator" was created without CREATEDB',
                        HINT = 'For scratch databases: ALTER ROLE strongroom_migrator CREATEDB.';
                ELSE
                    ALTER ROLE strongroom_migrator CREATEDB;
                END IF;
            END LOOP;

            FOR v_grant IN
                SELECT wanted.role, wanted.member, wanted.inherits, wanted.becomes
                FROM (
                    SELECT 'strongroom_owner', fixed.member, false, true
                    FROM (
                        VALUES
                            ('strongroom_migrator'), ('strongroom_runner'), (CURRENT_USER::text)
                    ) AS fixed (member)
                    UNION ALL
                    SELECT app.role, 'strongroom_login', false, true
                    FROM unnest(v_app_roles) AS app (role)
                    WHERE app.role NOT LIKE '%\_definer'
                    UNION ALL
                    SELECT 'strongroom_client', app.role, true, false
                    FROM unnest(v_app_roles) AS app (role)
                    UNION ALL
                    -- So that the owner can replace the functions of a definer.
                    SELECT app.role, 'strongroom_owner', true, true
                    FROM unnest(v_app_roles || 'strongroom_definer'::text) AS app (role)
                    WHERE app.role LIKE '%\_definer'
                ) AS wanted (role, member, inherits, becomes)
                WHERE wanted.inherits AND NOT pg_has_role(wanted.member, wanted.role, 'USAGE')
                   OR wanted.becomes AND NOT pg_has_role(wanted.member, wanted.role, c_becomes)
            LOOP
                EXECUTE format('GRANT %I TO %I', v_grant.role, v_grant.member) || CASE
                    WHEN c_explicit
                        THEN format(
                            ' WITH INHERIT %s, SET %s',
                            v_grant.inherits::text, v_grant.becomes::text
                        )
                    ELSE ''
                END;
            END LOOP;
            EXIT;
        EXCEPTION
            WHEN unique_violation OR duplicate_object OR deadlock_detected OR internal_error THEN
                -- Another database did the same between our look and our act: look again.
                IF v_attempt = c_attempts
                    OR SQLSTATE = 'XX000' AND SQLERRM NOT LIKE 'tuple concurrently %'
                THEN
                    RAISE;
                END IF;
                PERFORM pg_sleep(random() * 0.01 * v_attempt);
        END;
    END LOOP;

    SELECT string_agg(r.rolname, ', ' ORDER BY r.rolname)
    INTO v_unbound
    FROM pg_roles AS r
    WHERE (r.rolsuper OR r.rolbypassrls)
      AND (
          r.rolname = ANY (v_app_roles)
          OR r.rolname IN (
              'strongroom_owner', 'strongroom_client', 'strongroom_definer', 'strongroom_auditor',
              'strongroom_migrator', 'strongroom_runner', 'strongroom_login'
          )
      );
    IF v_unbound IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_role_specification',
            MESSAGE = 'roles that must be bound by row level security are not: ' || v_unbound,
            DETAIL = 'They are superusers or have BYPASSRLS.',
            HINT = 'ALTER ROLE ... NOSUPERUSER NOBYPASSRLS, then run this again.';
    END IF;
END;
$roles$;


-- Only the database's owner (or a superuser) can give rights on it.
DO $database$
DECLARE
    c_attempts CONSTANT integer := 50;
    v_owner name;
    v_statement text;
BEGIN
    SET LOCAL search_path = pg_catalog, pg_temp;
    SELECT pg_get_userbyid(d.datdba)
    INTO v_owner
    FROM pg_database AS d
    WHERE d.datname = current_database();
    IF v_owner = 'strongroom_owner' THEN
        SET LOCAL ROLE strongroom_owner;
    END IF;

    FOR v_attempt IN 1 .. c_attempts LOOP
        BEGIN
            FOR v_statement IN
                WITH
                held (grantee, privilege) AS (
                    SELECT coalesce(r.rolname, 'PUBLIC'), acl.privilege_type
                    FROM pg_database AS d
                    CROSS JOIN aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS acl
                    LEFT JOIN pg_roles AS r ON r.oid = acl.grantee
                    WHERE d.datname = current_database()
                ),
                wanted (grantee, privilege) AS (
                    VALUES
                        ('strongroom_owner', 'CREATE'),
                        ('strongroom_owner', 'CONNECT'),
                        ('strongroom_owner', 'TEMPORARY'),
                        ('strongroom_migrator', 'CONNECT'),
                        ('strongroom_runner', 'CONNECT'),
                        ('strongroom_login', 'CONNECT')
                )
                SELECT format(
                    'GRANT %s ON DATABASE %I TO %I', w.privilege, current_database(), w.grantee
                )
                FROM wanted AS w
                WHERE NOT EXISTS (
                    SELECT FROM held AS h WHERE h.grantee = w.grantee AND h.privilege = w.privilege
                )
                UNION ALL
                SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database())
                WHERE EXISTS (SELECT FROM held AS h WHERE h.grantee = 'PUBLIC')
                UNION ALL
                SELECT 'REVOKE ALL ON SCHEMA public FROM PUBLIC'
                FROM pg_namespace AS n
                CROSS JOIN aclexplode(n.nspacl) AS acl
                WHERE n.nspname = 'public'
                  AND acl.grantee = 0
                  -- Up to 15 a database's owner who inherits nothing has no right to.
                  AND pg_has_role(n.nspowner, 'USAGE')
            LOOP
                EXECUTE v_statement;
            END LOOP;
            EXIT;
        EXCEPTION
            WHEN unique_violation OR deadlock_detected OR internal_error THEN
                IF v_attempt = c_attempts
                    OR SQLSTATE = 'XX000' AND SQLERRM NOT LIKE 'tuple concurrently %'
                THEN
                    RAISE;
                END IF;
                PERFORM pg_sleep(random() * 0.01 * v_attempt);
        END;
    END LOOP;
END;
$database$;


-- All that follows belongs to the owner, and PUBLIC gets nothing of it.
SET ROLE strongroom_owner;

DO $defaults$
DECLARE
    v_creator name;
BEGIN
    SET LOCAL search_path = pg_catalog, pg_temp;
    FOR v_creator IN
        SELECT r.rolname
        FROM pg_roles AS r
        WHERE r.rolname = 'strongroom_owner'
           OR r.rolname LIKE '%\_definer' AND pg_has_role('strongroom_owner', r.oid, 'USAGE')
        ORDER BY r.rolname
    LOOP
        EXECUTE format(
            'ALTER DEFAULT PRIVILEGES FOR ROLE %I REVOKE EXECUTE ON ROUTINES FROM PUBLIC', v_creator
        );
        EXECUTE format(
            'ALTER DEFAULT PRIVILEGES FOR ROLE %I REVOKE USAGE ON TYPES FROM PUBLIC', v_creator
        );
    END LOOP;
END;
$defaults$;

SET ROLE strongroom_owner;
