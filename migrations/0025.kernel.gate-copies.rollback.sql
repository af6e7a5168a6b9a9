-- Copies that are restored after this serve at once, erased people and all.

DO $policies$
DECLARE
    v_relation regclass;
BEGIN
    FOR v_relation IN
        SELECT p.polrelid FROM pg_catalog.pg_policy AS p WHERE p.polname = 'all_serving'
    LOOP
        EXECUTE format('DROP POLICY all_serving ON %s', v_relation);
    END LOOP;
END;
$policies$;

DROP FUNCTION IF EXISTS kernel.close_gate(text);
DROP VIEW kernel.check_erasures_not_replayed;
DROP VIEW kernel.check_missing_gate;
DROP TABLE kernel.serving_gate;

CREATE OR REPLACE VIEW kernel.check_policy_helper
WITH (security_invoker = true)
AS
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
        WHEN problem.text LIKE 'has settings%'
            THEN format('ALTER FUNCTION %s RESET ALL;', called.identity)
        ELSE 'Write its body as RETURN expression, or BEGIN ATOMIC ... END.'
    END AS remediation,
    jsonb_build_object('function', called.identity) AS metadata,
    format('policy_helper:%s:%s', called.identity, problem.text) AS cache_key
FROM (
    SELECT DISTINCT
        p.oid,
        format(
            '%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)
        ) AS identity
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_proc AS p ON p.oid = d.refobjid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE d.classid = 'pg_policy'::regclass
      AND d.refclassid = 'pg_proc'::regclass
      AND n.nspname IN (SELECT kernel.guarded_schemas())
      -- A definer function is never inlined; it is pinned, and wrapped as (SELECT f()).
      AND NOT p.prosecdef
) AS called
JOIN pg_catalog.pg_proc AS p ON p.oid = called.oid
CROSS JOIN LATERAL (
    VALUES
        ('has its body as a string', p.prosqlbody IS NULL),
        ('is volatile', p.provolatile = 'v'),
        ('has settings, so it is not inlined', p.proconfig IS NOT NULL)
) AS problem (text, is_there)
WHERE problem.is_there;

COMMENT ON VIEW kernel.check_policy_helper IS
'Functions that policies call and that have their body as a string, are volatile, or have settings.
Definer functions are left out: they are pinned.';
