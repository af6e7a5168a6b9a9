BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

\ir _mend.sql
CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_policy_shape AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
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
-- What belongs to people is not for every user of the app; for jobs it may be.
CREATE ROLE probe_app;
CREATE ROLE probe_worker;
CREATE TABLE probe.letters (user_id integer);
CREATE POLICY select_all ON probe.letters FOR SELECT TO probe_app, probe_worker USING (true);
CREATE POLICY update_given ON probe.letters FOR UPDATE TO probe_app
USING (user_id = 1) WITH CHECK (true);
CREATE POLICY all_worker ON probe.letters TO probe_worker USING (true) WITH CHECK (true);
CREATE POLICY all_narrow ON probe.letters AS RESTRICTIVE TO probe_app
USING (true) WITH CHECK (true);
CREATE POLICY select_free ON probe.notes FOR SELECT TO probe_app USING (true);
CREATE POLICY "odd""" ON probe.notes FOR UPDATE TO strongroom_client USING (a > 1);

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'Policy select_public on probe.notes is for PUBLIC.',
        'Policy update_half on probe.notes has no WITH CHECK.',
        'Policy update_other_half on probe.notes has no USING.',
        'Policy all_half on probe.notes has no WITH CHECK.',
        'Policy "odd""" on probe.notes has no WITH CHECK.',
        'Policy select_all on probe.letters shows every user of the app the rows of all, or takes'
        ' what is given to another.',
        'Policy update_given on probe.letters shows every user of the app the rows of all, or takes'
        ' what is given to another.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(pg_temp.mend('policy_shape'), 3, 'it says what mends them');
SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'Policy select_public on probe.notes is for PUBLIC.',
        'Policy update_other_half on probe.notes has no USING.',
        'Policy select_all on probe.letters shows every user of the app the rows of all, or takes'
        ' what is given to another.',
        'Policy update_given on probe.letters shows every user of the app the rows of all, or takes'
        ' what is given to another.'
    ],
    'and that done, only what needs a decision is found'
);

SELECT * FROM finish();
ROLLBACK;
