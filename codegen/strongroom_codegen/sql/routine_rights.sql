SELECT
    p.oid,
    l.lanname AS language,
    p.prosecdef AS security_definer,
    p.proleakproof AS leakproof,
    l.lanname = 'sql'
        AND NOT p.prosecdef
        AND p.proconfig IS NULL
        AND NOT p.proretset AS inlinable
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
