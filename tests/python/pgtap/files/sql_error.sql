BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);
SELECT pass('before the error');
SELECT pass('in the error') WHERE 1 / 0 = 1;
SELECT * FROM finish();
ROLLBACK;
