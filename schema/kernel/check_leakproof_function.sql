CREATE VIEW kernel.check_leakproof_function
WITH (security_invoker = true)
AS
SELECT
    'leakproof_function' AS name,
    'A function of ours is marked leakproof' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'PostgreSQL runs a leakproof function on rows before it knows whether the'
    ' caller may see them. What it says of its arguments, by an error or'
    ' otherwise, then tells of the rows of others.' AS description,
    format(
        '%I.%I(%s) is marked LEAKPROOF.', n.nspname, p.proname,
        pg_catalog.pg_get_function_identity_arguments(p.oid)
    ) AS detail,
    format(
        'ALTER FUNCTION %I.%I(%s) NOT LEAKPROOF;', n.nspname, p.proname,
        pg_catalog.pg_get_function_identity_arguments(p.oid)
    ) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', p.proname) AS metadata,
    format(
        'leakproof_function:%I.%I(%s)', n.nspname, p.proname,
        pg_catalog.pg_get_function_identity_arguments(p.oid)
    ) AS cache_key
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND p.proleakproof;

COMMENT ON VIEW kernel.check_leakproof_function IS
'Functions of ours that are marked LEAKPROOF.';

GRANT SELECT ON kernel.check_leakproof_function TO strongroom_runner, pg_monitor;
