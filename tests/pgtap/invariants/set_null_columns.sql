BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_set_null_columns AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'a foreign key over several columns says which of them it sets to NULL'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.goods (user_id integer, id integer, PRIMARY KEY (user_id, id));
CREATE TABLE probe.sales (
    user_id integer,
    good_id integer,
    CONSTRAINT sales_good_fkey FOREIGN KEY (user_id, good_id) REFERENCES probe.goods (user_id, id)
    ON DELETE SET NULL (good_id),
    CONSTRAINT sales_kept_fkey FOREIGN KEY (user_id, good_id) REFERENCES probe.goods (user_id, id)
    ON DELETE RESTRICT,
    CONSTRAINT sales_all_fkey FOREIGN KEY (user_id, good_id) REFERENCES probe.goods (user_id, id)
    ON DELETE SET NULL,
    CONSTRAINT sales_moved_fkey FOREIGN KEY (user_id, good_id) REFERENCES probe.goods (user_id, id)
    ON DELETE SET NULL (good_id) ON UPDATE SET NULL
);

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'sales_all_fkey on probe.sales would set every one of its columns, the owner''s too.',
        'sales_moved_fkey on probe.sales would set every one of its columns, the owner''s too.'
    ],
    'the check finds those who break the rule, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
