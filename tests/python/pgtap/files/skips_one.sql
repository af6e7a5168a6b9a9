BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);
SELECT skip('no such extension');
SELECT pass('as ever');
SELECT * FROM finish();
ROLLBACK;
