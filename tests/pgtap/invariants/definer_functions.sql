BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT p.oid::regprocedure::text, problem.text
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
CROSS JOIN LATERAL (
    VALUES
        (
            'does not SET search_path = pg_catalog, pg_temp',
            NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)
        ),
        (
            'has the rights of the owner of everything, for others than the runner',
            p.proowner::regrole::text = 'strongroom_owner'
            AND EXISTS (
                SELECT
                FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS acl
                WHERE acl.grantee <> p.proowner
                  AND (acl.grantee = 0 OR acl.grantee::regrole::text <> 'strongroom_runner')
            )
        ),
        (
            'has the rights of a superuser',
            (SELECT r.rolsuper FROM pg_roles AS r WHERE r.oid = p.proowner)
        )
) AS problem (text, is_there)
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND p.prosecdef
  AND problem.is_there;

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'every security definer function pins its search_path and belongs to a narrow role,'
    ' or serves the runner alone'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
GRANT CREATE ON SCHEMA probe TO strongroom_client, strongroom_owner;
CREATE FUNCTION probe.good() RETURNS integer LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS 'SELECT 1';
ALTER FUNCTION probe.good() OWNER TO strongroom_client;
CREATE FUNCTION probe.loose() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
ALTER FUNCTION probe.loose() OWNER TO strongroom_client;
CREATE FUNCTION probe.temp_first() RETURNS integer LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog AS 'SELECT 1';
ALTER FUNCTION probe.temp_first() OWNER TO strongroom_owner;
CREATE FUNCTION probe.maintain() RETURNS integer LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS 'SELECT 1';
ALTER FUNCTION probe.maintain() OWNER TO strongroom_owner;
REVOKE EXECUTE ON FUNCTION probe.maintain() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION probe.maintain() TO strongroom_runner;
CREATE FUNCTION probe.lent() RETURNS integer LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS 'SELECT 1';
ALTER FUNCTION probe.lent() OWNER TO strongroom_owner;
REVOKE EXECUTE ON FUNCTION probe.lent() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION probe.lent() TO strongroom_client;
CREATE FUNCTION probe.mighty() RETURNS integer LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS 'SELECT 1';
CREATE FUNCTION probe.invoker() RETURNS integer LANGUAGE sql AS 'SELECT 1';

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'probe.loose(): does not SET search_path = pg_catalog, pg_temp',
        'probe.temp_first(): does not SET search_path = pg_catalog, pg_temp',
        'probe.temp_first(): has the rights of the owner of everything, for others than the runner',
        'probe.lent(): has the rights of the owner of everything, for others than the runner',
        'probe.mighty(): has the rights of a superuser'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
