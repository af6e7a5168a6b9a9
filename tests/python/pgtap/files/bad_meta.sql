BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(1);
\nonsense
SELECT pass('never');
SELECT * FROM finish();
ROLLBACK;
