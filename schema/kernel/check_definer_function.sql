CREATE VIEW kernel.check_definer_function
WITH (security_invoker = true)
AS
SELECT
    'definer_function' AS name,
    'A definer function can do too much' AS title,
    'ERROR' AS level,
    'EXTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'A SECURITY DEFINER function runs with the rights of its owner. With a loose'
    ' search_path its caller decides what it calls; owned by a superuser or by the'
    ' owner of everything, it gives those rights away.' AS description,
    format('%s %s.', f.identity, problem.text) AS detail,
    problem.mend AS remediation,
    jsonb_build_object('function', f.identity) AS metadata,
    format('definer_function:%s:%s', f.identity, problem.text) AS cache_key
FROM (
    SELECT p.oid, p.proowner, p.proconfig, p.proacl, n.nspname, format(
        '%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)
    ) AS identity
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_roles AS o ON o.oid = p.proowner
    WHERE p.prosecdef
      AND (
          n.nspname IN (SELECT kernel.guarded_schemas())
          -- Wherever else one stands that has rights on what is ours.
          OR o.rolname IN ('strongroom_owner', 'strongroom_definer')
          OR o.rolname IN (SELECT app.name || '_definer' FROM kernel.app_schemas() AS app (name))
      )
) AS f
CROSS JOIN LATERAL (
    SELECT
        'does not SET search_path = pg_catalog, pg_temp',
        format('ALTER ROUTINE %s SET search_path = pg_catalog, pg_temp;', f.identity)
    WHERE NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (f.proconfig), false)
    UNION ALL
    SELECT
        'has the rights of the owner of everything, for others than the runner',
        string_agg(
            format(
                'REVOKE EXECUTE ON ROUTINE %s FROM %s;', f.identity,
                CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END
            ),
            ' '
        )
    FROM pg_catalog.aclexplode(
        coalesce(f.proacl, pg_catalog.acldefault('f', f.proowner))
    ) AS acl
    WHERE f.proowner::regrole::text = 'strongroom_owner'
      AND acl.grantee <> f.proowner
      -- No session acts as the kernel's definer: what it calls stands in the kernel's own functions.
      AND (
          acl.grantee = 0
          OR acl.grantee::regrole::text NOT IN ('strongroom_runner', 'strongroom_definer')
      )
    HAVING count(*) > 0
    UNION ALL
    SELECT
        CASE
            WHEN r.rolsuper THEN 'has the rights of a superuser'
            ELSE 'has the rights of a role that policies do not bind'
        END,
        format(
            'ALTER ROUTINE %s OWNER TO %I;', f.identity,
            coalesce(
                (SELECT d.rolname FROM pg_catalog.pg_roles AS d WHERE d.rolname = f.nspname || '_definer'),
                'strongroom_definer'
            )
        )
    FROM pg_catalog.pg_roles AS r
    WHERE r.oid = f.proowner AND (r.rolsuper OR r.rolbypassrls)
) AS problem (text, mend);

COMMENT ON VIEW kernel.check_definer_function IS
'SECURITY DEFINER functions of our schemas, or of our roles in any schema, that don''t pin their
search_path, that belong to a superuser or a role with BYPASSRLS, or that belong to strongroom_owner
and serve others than strongroom_runner and the kernel''s definer.';

GRANT SELECT ON kernel.check_definer_function TO strongroom_runner, pg_monitor;
