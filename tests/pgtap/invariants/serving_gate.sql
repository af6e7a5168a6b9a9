BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

\ir _mend.sql
CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_missing_gate AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'every table of an app keeps everybody out of a restored copy'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.good (a integer);
CREATE POLICY all_serving ON probe.good AS RESTRICTIVE FOR ALL TO strongroom_owner, tarot_app
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_app ON probe.good FOR SELECT TO tarot_app USING (true);
CREATE TABLE probe.everybody (a integer);
CREATE POLICY all_serving ON probe.everybody AS RESTRICTIVE FOR ALL TO PUBLIC
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE TABLE probe.missing (a integer);
CREATE TABLE probe.permissive (a integer);
CREATE POLICY all_serving ON probe.permissive FOR ALL TO strongroom_owner
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE TABLE probe.reading (a integer);
CREATE POLICY all_serving ON probe.reading AS RESTRICTIVE FOR SELECT TO strongroom_owner
USING (kernel.is_serving());
CREATE TABLE probe.unchecked (a integer);
CREATE POLICY all_serving ON probe.unchecked AS RESTRICTIVE FOR ALL TO strongroom_owner
USING (kernel.is_serving()) WITH CHECK (true);
CREATE TABLE probe.weak (a integer);
CREATE POLICY all_serving ON probe.weak AS RESTRICTIVE FOR ALL TO strongroom_owner
USING (kernel.is_serving() OR a > 0) WITH CHECK (kernel.is_serving());
CREATE TABLE probe."odd""é;--" (a integer);
CREATE POLICY all_serving ON probe."odd""é;--" AS RESTRICTIVE FOR ALL TO strongroom_owner
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_worker ON probe."odd""é;--" FOR SELECT TO tarot_worker USING (true);
CREATE TABLE probe.parted (a integer) PARTITION BY RANGE (a);
CREATE TABLE probe.parted_1 PARTITION OF probe.parted FOR VALUES FROM (1) TO (2);
CREATE VIEW probe.shown AS SELECT g.a FROM probe.good AS g;

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'probe.missing has no policy all_serving for strongroom_owner.',
        'probe.permissive has no policy all_serving for strongroom_owner.',
        'probe.reading has no policy all_serving for strongroom_owner.',
        'probe.unchecked has no policy all_serving for strongroom_owner.',
        'probe.weak has no policy all_serving for strongroom_owner.',
        'probe."odd""é;--" has no policy all_serving for tarot_worker.',
        'probe.parted has no policy all_serving for strongroom_owner.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(pg_temp.mend('missing_gate'), 7, 'it says what mends them');
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    'and that done, nothing is found'
);

SELECT * FROM finish();
ROLLBACK;
