BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();
SELECT pass('one');
SELECT pass('another');
SELECT * FROM finish();
ROLLBACK;
