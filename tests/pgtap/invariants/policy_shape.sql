BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT
    format('%I on %s', p.polname, p.polrelid::regclass),
    problem.text
FROM pg_policy AS p
JOIN pg_class AS c ON c.oid = p.polrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    VALUES
        ('is for PUBLIC', 0 = ANY (p.polroles)),
        ('has no USING', p.polcmd IN ('r', 'w', 'd', '*') AND p.polqual IS NULL),
        ('has no WITH CHECK', p.polcmd IN ('a', 'w', '*') AND p.polwithcheck IS NULL)
) AS problem (text, is_there)
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND problem.is_there;

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'every policy names its roles and has each condition that its command takes'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.notes (a integer);
CREATE POLICY select_good ON probe.notes FOR SELECT TO strongroom_client USING (true);
CREATE POLICY insert_good ON probe.notes FOR INSERT TO strongroom_client WITH CHECK (true);
CREATE POLICY delete_good ON probe.notes FOR DELETE TO strongroom_client USING (true);
CREATE POLICY all_good ON probe.notes TO strongroom_client USING (true) WITH CHECK (true);
CREATE POLICY select_public ON probe.notes FOR SELECT USING (true);
CREATE POLICY update_half ON probe.notes FOR UPDATE TO strongroom_client USING (true);
CREATE POLICY update_other_half ON probe.notes FOR UPDATE TO strongroom_client WITH CHECK (true);
CREATE POLICY all_half ON probe.notes TO strongroom_client USING (true);

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'select_public on probe.notes: is for PUBLIC',
        'update_half on probe.notes: has no WITH CHECK',
        'update_other_half on probe.notes: has no USING',
        'all_half on probe.notes: has no WITH CHECK'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
