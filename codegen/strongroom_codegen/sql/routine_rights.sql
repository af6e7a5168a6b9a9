SELECT
    p.oid,
    p.prosecdef AS security_definer,
    p.proleakproof AS leakproof,
    p.prokind = 'p' AS is_procedure,
    l.lanname = 'sql'
        AND NOT p.prosecdef
        AND p.proconfig IS NULL
        AND NOT p.proretset AS inlinable,
    p.provolatile = 'i' AS is_immutable,
    pg_catalog.has_function_privilege('public', p.oid, 'EXECUTE') AS for_everyone
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
