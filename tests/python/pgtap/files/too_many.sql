BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(1);
SELECT pass('one');
SELECT pass('another');
SELECT * FROM finish();
ROLLBACK;
