CREATE VIEW kernel.check_policy_helper
WITH (security_invoker = true)
AS
WITH RECURSIVE reached (oid) AS (
    SELECT coalesce(o.oprcode::oid, d.refobjid)
    FROM pg_catalog.pg_policy AS p
    JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_depend AS d
        ON d.classid = 'pg_catalog.pg_policy'::regclass
        AND d.objid = p.oid
        AND d.refclassid IN (
            'pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass
        )
    LEFT JOIN pg_catalog.pg_operator AS o
        ON d.refclassid = 'pg_catalog.pg_operator'::regclass AND o.oid = d.refobjid
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
    UNION
    -- What a bound body calls is known; it is inlined with it.
    SELECT d.refobjid
    FROM reached AS r
    JOIN pg_catalog.pg_proc AS p ON p.oid = r.oid AND p.prosqlbody IS NOT NULL AND NOT p.prosecdef
    JOIN pg_catalog.pg_depend AS d
        ON d.classid = 'pg_catalog.pg_proc'::regclass
        AND d.objid = p.oid
        AND d.refclassid = 'pg_catalog.pg_proc'::regclass
)
SELECT
    'policy_helper' AS name,
    'A function that policies call is not bound' AS title,
    CASE WHEN problem.text LIKE '%string' THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'A body that is a string is looked up by the search_path of the caller, who'
    ' can put a table or operator of his own in the way. One that is volatile or'
    ' has settings is not inlined, so it runs for every row.' AS description,
    format('%s is called by a policy and %s.', called.identity, problem.text) AS detail,
    CASE
        WHEN problem.text = 'is volatile' THEN format('ALTER FUNCTION %s STABLE;', called.identity)
        -- Of a body that is a string the settings are what binds it.
        WHEN problem.text LIKE 'has settings%' AND called.is_bound
            THEN format('ALTER FUNCTION %s RESET ALL;', called.identity)
        ELSE 'Write its body as RETURN expression, or BEGIN ATOMIC ... END.'
    END AS remediation,
    jsonb_build_object('function', called.identity) AS metadata,
    format('policy_helper:%s:%s', called.identity, problem.text) AS cache_key
FROM (
    SELECT
        format(
            '%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)
        ),
        p.prosqlbody IS NOT NULL,
        coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false),
        p.provolatile = 'v',
        p.proconfig IS NOT NULL AND NOT p.prosecdef
    FROM (SELECT DISTINCT r.oid FROM reached AS r) AS r
    JOIN pg_catalog.pg_proc AS p ON p.oid = r.oid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND l.lanname NOT IN ('internal', 'c')
      -- A definer function is never inlined; ours are pinned, and wrapped as (SELECT f()).
      AND NOT (p.prosecdef AND n.nspname IN (SELECT kernel.guarded_schemas()))
      -- Folded by the planner, and without a name that a search_path moves.
      AND p.oid IS DISTINCT FROM to_regprocedure('kernel.is_serving()')
      -- What an extension brings is its own to mend.
      AND NOT EXISTS (
          SELECT
          FROM pg_catalog.pg_depend AS d
          WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
      )
) AS called (identity, is_bound, is_pinned, is_volatile, has_settings)
CROSS JOIN LATERAL (
    VALUES
        ('has its body as a string', NOT called.is_bound AND NOT called.is_pinned),
        ('is volatile', called.is_volatile),
        ('has settings, so it is not inlined', called.has_settings)
) AS problem (text, is_there)
WHERE problem.is_there;

COMMENT ON VIEW kernel.check_policy_helper IS
'Functions that policies call, wherever they are and by way of others, and that have their body as a
string, are volatile, or have settings; one that pins its search_path may be a string. Our own definer
functions are left out, and so is kernel.is_serving(), a constant to the planner.';

GRANT SELECT ON kernel.check_policy_helper TO strongroom_runner, pg_monitor;
