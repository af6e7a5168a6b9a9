BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(6);

\ir _mend.sql
CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_constraint_not_validated AS f
UNION ALL
SELECT f.cache_key, f.detail, f.level FROM kernel.check_invalid_index AS f
UNION ALL
SELECT f.cache_key, f.detail, f.level FROM kernel.check_trigger_not_enabled AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'every constraint is validated, every index valid, every trigger enabled'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.things (
    a integer CONSTRAINT things_pkey PRIMARY KEY,
    b integer CONSTRAINT things_b_fkey REFERENCES probe.things (a)
);
CREATE TRIGGER t20_touch BEFORE UPDATE ON probe.things
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();
CREATE TABLE probe.off (LIKE probe.things);
ALTER TABLE probe.off ADD CONSTRAINT off_a_check CHECK (a > 0) NOT VALID;
ALTER TABLE probe.off ADD CONSTRAINT off_b_fkey FOREIGN KEY (b) REFERENCES probe.things (a);
CREATE TRIGGER t20_touch BEFORE UPDATE ON probe.off
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();
ALTER TABLE probe.off DISABLE TRIGGER ALL;
CREATE INDEX off_a_idx ON probe.off (a);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'probe.off_a_idx'::regclass;
-- A constraint of a root tells for its partitions.
CREATE TABLE probe.root (a integer) PARTITION BY LIST (a);
CREATE TABLE probe.part PARTITION OF probe.root FOR VALUES IN (1);
ALTER TABLE probe.root ADD CONSTRAINT root_a_check CHECK (a > 0) NOT VALID;
CREATE INDEX root_a_idx ON ONLY probe.root (a);
-- What an interrupted REINDEX CONCURRENTLY left.
CREATE INDEX part_a_idx_ccnew1 ON probe.part (a);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'probe.part_a_idx_ccnew1'::regclass;
CREATE DOMAIN probe.positive AS integer;
ALTER DOMAIN probe.positive ADD CONSTRAINT positive_check CHECK (VALUE > 0) NOT VALID;

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'off_a_check on probe.off is not validated.',
        'root_a_check on probe.root is not validated.',
        'positive_check on probe.positive is not validated.',
        'probe.off_a_idx is not valid.',
        'probe.root_a_idx is not valid.',
        'probe.part_a_idx_ccnew1 is not valid.',
        'off_b_fkey on probe.off is not enabled as usual.',
        't20_touch on probe.off is not enabled as usual.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(
    pg_temp.mend('constraint_not_validated')
    + pg_temp.mend('invalid_index')
    + pg_temp.mend('trigger_not_enabled'), 7,
    'it says what mends them'
);
SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY['probe.root_a_idx is not valid.'],
    'and that done, only the index of a root is found, which a partition lacks'
);
SELECT is(to_regclass('probe.part_a_idx_ccnew1'), NULL, 'what was left behind is dropped');
CREATE INDEX part_a_idx ON probe.part (a);
ALTER INDEX probe.root_a_idx ATTACH PARTITION probe.part_a_idx;
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    'and that attached, nothing is found'
);

SELECT * FROM finish();
ROLLBACK;
