CREATE VIEW kernel.check_policy_shape
WITH (security_invoker = true)
AS
SELECT
    'policy_shape' AS name,
    'A policy leaves something open' AS title,
    CASE WHEN problem.text LIKE 'shows%' THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'A policy names its roles and writes both conditions out. What is left out is'
    ' filled in by PostgreSQL: PUBLIC, or USING in place of WITH CHECK, which a'
    ' later change of USING would change as well.' AS description,
    format('Policy %I on %I.%I %s.', p.polname, n.nspname, c.relname, problem.text) AS detail,
    CASE
        WHEN problem.text = 'has no WITH CHECK' AND p.polqual IS NOT NULL THEN format(
            'ALTER POLICY %I ON %I.%I WITH CHECK (%s);',
            p.polname, n.nspname, c.relname, pg_catalog.pg_get_expr(p.polqual, p.polrelid)
        )
        WHEN problem.text = 'is for PUBLIC'
            THEN 'Name its roles: ALTER POLICY ... ON ... TO role.'
        WHEN problem.text LIKE 'shows%'
            THEN 'Compare the column that says whose row it is with who asks: user_id ='
                ' kernel.user_bigint().'
        ELSE 'Say which rows: ALTER POLICY ... ON ... USING (...) WITH CHECK (...).'
    END AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'policy', p.polname) AS metadata,
    format('policy_shape:%I.%I:%I:%s', n.nspname, c.relname, p.polname, problem.text) AS cache_key
FROM pg_catalog.pg_policy AS p
JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    VALUES
        ('is for PUBLIC', 0 = ANY (p.polroles)),
        ('has no USING', p.polcmd IN ('r', 'w', 'd', '*') AND p.polqual IS NULL),
        ('has no WITH CHECK', p.polcmd IN ('a', 'w', '*') AND p.polwithcheck IS NULL),
        (
            'shows every user of the app the rows of all, or takes what is given to another',
            p.polpermissive
            AND 'true' IN (
                pg_catalog.pg_get_expr(p.polqual, p.polrelid),
                pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
            )
            AND EXISTS (
                SELECT
                FROM pg_catalog.pg_roles AS r
                WHERE r.oid = ANY (p.polroles) AND r.rolname = n.nspname || '_app'
            )
            AND EXISTS (SELECT FROM kernel.subject_columns(c.oid))
        )
) AS problem (text, is_there)
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND problem.is_there;

COMMENT ON VIEW kernel.check_policy_shape IS
'Policies for PUBLIC, and policies without a condition that their command takes, WITH CHECK above
all: WARN. ERROR for a policy that says true to <app>_app on a table whose rows belong to people.';

GRANT SELECT ON kernel.check_policy_shape TO strongroom_runner, pg_monitor;
