BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);
SELECT pass('the same words');
SELECT fail('the same words');
SELECT * FROM finish();
ROLLBACK;
