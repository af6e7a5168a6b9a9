BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(3);
SELECT is(
    1 + 1,
    3,
    'one and one are three'
);
SELECT pass('in between');
SELECT is(1, 4);
SELECT * FROM finish();
ROLLBACK;
