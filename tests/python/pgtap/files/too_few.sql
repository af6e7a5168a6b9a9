BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(3);
SELECT pass('the only one');
SELECT * FROM finish();
ROLLBACK;
