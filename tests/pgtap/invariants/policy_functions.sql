BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT DISTINCT p.oid::regprocedure::text, problem.text
FROM pg_depend AS d
JOIN pg_proc AS p ON p.oid = d.refobjid
JOIN pg_namespace AS n ON n.oid = p.pronamespace
CROSS JOIN LATERAL (
    VALUES
        ('is called by a policy and has its body as a string', p.prosqlbody IS NULL),
        ('is called by a policy and is volatile', p.provolatile = 'v'),
        ('is called by a policy and has settings, so it is not inlined', p.proconfig IS NOT NULL)
) AS problem (text, is_there)
WHERE d.classid = 'pg_policy'::regclass
  AND d.refclassid = 'pg_proc'::regclass
  AND n.nspname IN (SELECT kernel.guarded_schemas())
  -- A definer function is never inlined; it is pinned, and wrapped as (SELECT f()).
  AND NOT p.prosecdef
  AND problem.is_there;

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'what policies call is bound when it is created: inlined, and not to be hijacked'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE FUNCTION probe.me() RETURNS integer LANGUAGE sql STABLE RETURN 1;
CREATE FUNCTION probe.text_me() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';
CREATE FUNCTION probe.slow_me() RETURNS integer LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp RETURN 1;
CREATE FUNCTION probe.any_me() RETURNS integer LANGUAGE sql VOLATILE RETURN 1;
CREATE FUNCTION probe.unused() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';
CREATE TABLE probe.notes (a integer);
CREATE POLICY select_a ON probe.notes FOR SELECT TO strongroom_client USING (a = probe.me());
CREATE POLICY select_b ON probe.notes FOR SELECT TO strongroom_client USING (a = probe.text_me());
CREATE POLICY select_c ON probe.notes FOR SELECT TO strongroom_client USING (a = probe.slow_me());
CREATE POLICY insert_d ON probe.notes FOR INSERT TO strongroom_client
WITH CHECK (a = probe.any_me());

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'probe.text_me(): is called by a policy and has its body as a string',
        'probe.slow_me(): is called by a policy and has settings, so it is not inlined',
        'probe.any_me(): is called by a policy and is volatile'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
