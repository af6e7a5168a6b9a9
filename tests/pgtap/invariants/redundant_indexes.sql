BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

\ir _mend.sql
CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_redundant_index AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'no index is the beginning of another [T-F1, T-F2, A-F2, C-F13, S-F1]'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.things (a integer, b integer, c text, CONSTRAINT things_pkey PRIMARY KEY (a, b));
CREATE INDEX things_a_idx ON probe.things (a);
CREATE INDEX things_b_idx ON probe.things (b);
CREATE INDEX things_b_again_idx ON probe.things (b);
CREATE INDEX things_a_desc_idx ON probe.things (a DESC);
CREATE INDEX things_a_some_idx ON probe.things (a) WHERE b > 0;
CREATE INDEX things_lower_idx ON probe.things (lower(c));
CREATE INDEX things_upper_idx ON probe.things (upper(c), a);
CREATE UNIQUE INDEX things_a_key ON probe.things (a);
CREATE TABLE probe.kept (a integer NOT NULL, b integer, c integer);
-- One that is not valid serves nothing, and a column that is included is read from the index.
CREATE INDEX kept_a_idx ON probe.kept (a);
CREATE INDEX kept_a_b_idx ON probe.kept (a, b);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'probe.kept_a_b_idx'::regclass;
CREATE INDEX kept_b_idx ON probe.kept (b) INCLUDE (c);
CREATE INDEX kept_b_a_idx ON probe.kept (b, a);
CREATE INDEX kept_b_less_idx ON probe.kept (b);
CREATE TABLE probe.grown (a integer, b integer);
CREATE INDEX grown_a_idx ON probe.grown (a);
CREATE INDEX grown_a_more_idx ON probe.grown (a) INCLUDE (b);
-- Two rules for NULL are two rules, and a subscriber knows rows by one index.
CREATE UNIQUE INDEX kept_c_key ON probe.kept (c);
CREATE UNIQUE INDEX kept_c_null_key ON probe.kept (c) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX kept_c_a_key ON probe.kept (c, a);
CREATE TABLE probe.told (a integer NOT NULL);
CREATE UNIQUE INDEX told_a_key ON probe.told (a);
CREATE UNIQUE INDEX told_a_identity_key ON probe.told (a);
ALTER TABLE probe.told REPLICA IDENTITY USING INDEX told_a_identity_key;
-- What is deferred does not refuse at once.
CREATE TABLE probe.later (a integer CONSTRAINT later_a_later_key UNIQUE DEFERRABLE);
CREATE UNIQUE INDEX later_a_key ON probe.later (a);

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'probe.things_a_idx is the beginning of probe.things_pkey.',
        'probe.things_a_idx is the beginning of probe.things_a_key.',
        'probe.things_b_again_idx is the beginning of probe.things_b_idx.',
        'probe.kept_b_less_idx is the beginning of probe.kept_b_a_idx.',
        'probe.kept_b_less_idx is the beginning of probe.kept_b_idx.',
        'probe.grown_a_idx is the beginning of probe.grown_a_more_idx.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(pg_temp.mend('redundant_index'), 4, 'it says what mends them');
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    'and that done, nothing is found'
);

SELECT * FROM finish();
ROLLBACK;
