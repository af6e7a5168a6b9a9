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

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'probe.things_a_idx is the beginning of probe.things_pkey.',
        'probe.things_a_idx is the beginning of probe.things_a_key.',
        'probe.things_b_again_idx is the beginning of probe.things_b_idx.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(pg_temp.mend('redundant_index'), 2, 'it says what mends them');
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    'and that done, nothing is found'
);

SELECT * FROM finish();
ROLLBACK;
