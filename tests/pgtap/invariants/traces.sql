BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(1);

SELECT is_empty(
    $$
    SELECT t.relation
    FROM kernel.searched_tables() AS t
    JOIN pg_class AS c ON c.oid = t.relation
    WHERE c.relnamespace::regnamespace::text IN (SELECT kernel.guarded_schemas()) AND NOT t.is_readable
    $$,
    'the search for what is left of a person can read every table'
);

SELECT * FROM finish();
ROLLBACK;
