BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

\ir _mend.sql
CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_unindexed_foreign_key AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    '[A-F3] every foreign key is served by an index, so that erasure does not scan'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.goods (user_id integer, id integer, PRIMARY KEY (user_id, id));
CREATE TABLE probe.sales (
    id integer,
    user_id integer,
    good_id integer,
    sold_on date,
    CONSTRAINT sales_good_id_fkey FOREIGN KEY (user_id, good_id)
    REFERENCES probe.goods (user_id, id)
);
CREATE TABLE probe.returns (LIKE probe.sales);
ALTER TABLE probe.returns ADD CONSTRAINT returns_good_id_fkey
FOREIGN KEY (user_id, good_id) REFERENCES probe.goods (user_id, id);
CREATE TABLE probe.gifts (LIKE probe.sales);
ALTER TABLE probe.gifts ADD CONSTRAINT gifts_good_id_fkey
FOREIGN KEY (user_id, good_id) REFERENCES probe.goods (user_id, id);
CREATE TABLE probe.losses (LIKE probe.sales);
ALTER TABLE probe.losses ADD CONSTRAINT losses_good_id_fkey
FOREIGN KEY (user_id, good_id) REFERENCES probe.goods (user_id, id);
CREATE INDEX sales_idx ON probe.sales (good_id, user_id, sold_on);
CREATE INDEX returns_idx ON probe.returns (user_id, good_id) WHERE good_id IS NOT NULL;
-- Not these: a part of the key, the key behind another column, some rows only.
CREATE INDEX gifts_user_idx ON probe.gifts (user_id);
CREATE INDEX gifts_brin_idx ON probe.gifts USING brin (user_id, good_id);
CREATE INDEX gifts_late_idx ON probe.gifts (id, user_id, good_id);
CREATE INDEX losses_idx ON probe.losses (user_id, good_id) WHERE id > 5;
-- A partition is served by the index of its root, and told of with its root.
CREATE TABLE probe.marks (
    user_id integer,
    good_id integer,
    CONSTRAINT marks_good_id_fkey FOREIGN KEY (user_id, good_id)
    REFERENCES probe.goods (user_id, id)
) PARTITION BY LIST (user_id);
CREATE TABLE probe.marks_1 PARTITION OF probe.marks FOR VALUES IN (1);

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'gifts_good_id_fkey on probe.gifts: no index begins with its columns.',
        'losses_good_id_fkey on probe.losses: no index begins with its columns.',
        'marks_good_id_fkey on probe.marks: no index begins with its columns.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(pg_temp.mend('unindexed_foreign_key'), 3, 'it says what mends them');
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    'and that done, nothing is found'
);

SELECT * FROM finish();
ROLLBACK;
