-- Everything is as it should be; also what the reader of a file must not stumble over.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

SELECT is(1 + 1, 2, '[T-15] one and one are two');
SELECT has_table('pg_catalog', 'pg_class', 'it''s there');
/* a comment; with /* another */ ; in it */
DO $body$
BEGIN
    PERFORM 1;  -- COMMIT;
END;
$body$;
CREATE FUNCTION pg_temp.two() RETURNS integer LANGUAGE sql
BEGIN ATOMIC
    SELECT 2;
END;
SELECT is(pg_temp.two(), 2);
SELECT pass('a description
on two lines');

SELECT * FROM finish();
ROLLBACK;
