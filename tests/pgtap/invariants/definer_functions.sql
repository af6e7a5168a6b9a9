BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

\ir _mend.sql
CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_definer_function AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
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
CREATE ROLE probe_reader BYPASSRLS;
GRANT CREATE ON SCHEMA probe TO probe_reader;
CREATE FUNCTION probe.unbound() RETURNS integer LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS 'SELECT 1';
ALTER FUNCTION probe.unbound() OWNER TO probe_reader;
-- Elsewhere, with rights of ours and without.
CREATE SCHEMA probe_out;
GRANT CREATE ON SCHEMA probe_out TO strongroom_owner, strongroom_client;
CREATE FUNCTION probe_out.mine() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
ALTER FUNCTION probe_out.mine() OWNER TO strongroom_owner;
CREATE FUNCTION probe_out.theirs() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
ALTER FUNCTION probe_out.theirs() OWNER TO strongroom_client;
GRANT USAGE ON SCHEMA probe TO strongroom_definer;
GRANT CREATE ON SCHEMA probe TO strongroom_definer;

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'probe.loose() does not SET search_path = pg_catalog, pg_temp.',
        'probe.temp_first() does not SET search_path = pg_catalog, pg_temp.',
        'probe.temp_first() has the rights of the owner of everything, for others than the runner.',
        'probe.lent() has the rights of the owner of everything, for others than the runner.',
        'probe.mighty() has the rights of a superuser.',
        'probe.unbound() has the rights of a role that policies do not bind.',
        'probe_out.mine() does not SET search_path = pg_catalog, pg_temp.',
        'probe_out.mine() has the rights of the owner of everything, for others than the runner.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(pg_temp.mend('definer_function'), 8, 'it says what mends them');
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    'and that done, nothing is found'
);

SELECT * FROM finish();
ROLLBACK;
