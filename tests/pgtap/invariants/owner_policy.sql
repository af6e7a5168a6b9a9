BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

\ir _mend.sql
CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_missing_owner_policy AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'the owner of every table and partition has a policy for everything on it'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.good (a integer);
CREATE TABLE probe.missing (a integer);
CREATE TABLE probe.partial (a integer);
CREATE TABLE probe.client (a integer);
ALTER TABLE probe.good OWNER TO strongroom_owner;
ALTER TABLE probe.missing OWNER TO strongroom_owner;
ALTER TABLE probe.partial OWNER TO strongroom_owner;
ALTER TABLE probe.client OWNER TO strongroom_owner;
CREATE POLICY all_owner ON probe.good TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_owner ON probe.partial TO strongroom_owner USING (a > 0) WITH CHECK (true);
CREATE POLICY all_client ON probe.client TO strongroom_client USING (true) WITH CHECK (true);
CREATE TABLE probe."odd""é;--" (a integer);

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'probe.missing has no policy that shows its owner every row.',
        'probe.partial has no policy that shows its owner every row.',
        'probe.client has no policy that shows its owner every row.',
        'probe."odd""é;--" has no policy that shows its owner every row.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(pg_temp.mend('missing_owner_policy'), 4, 'it says what mends them');
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    'and that done, nothing is found'
);

SELECT * FROM finish();
ROLLBACK;
