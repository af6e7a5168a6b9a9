BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT
    format('%I on %s', f.conname, f.conrelid::regclass),
    'would set every one of its columns, the owner''s too'
FROM pg_constraint AS f
JOIN pg_namespace AS n ON n.oid = f.connamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND f.contype = 'f'
  AND f.confdeltype IN ('n', 'd')
  AND cardinality(f.conkey) > 1
  AND f.confdelsetcols IS NULL;

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
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
    ON DELETE SET NULL
);

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'sales_all_fkey on probe.sales: would set every one of its columns, the owner''s too'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
