BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);
SELECT pass('one');
SELECT 'Bail out! the moon is down';
ROLLBACK;
