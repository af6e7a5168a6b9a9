BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(3);
SELECT is(n, 2, 'number ' || n)
FROM generate_series(1, 3) AS n;
SELECT * FROM finish();
ROLLBACK;
