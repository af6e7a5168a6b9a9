BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(6);

SET LOCAL ROLE strongroom_owner;
CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.people (
    a integer, b integer, parent_a integer, parent_b integer, city integer,
    CONSTRAINT people_pkey PRIMARY KEY (a, b),
    CONSTRAINT people_parent_fkey FOREIGN KEY (parent_a, parent_b) REFERENCES probe.people (a, b),
    CONSTRAINT people_city_check CHECK (city > 0)
);
CREATE TABLE probe.pets (a integer, b integer);
ALTER TABLE probe.pets ADD CONSTRAINT pets_owner_fkey FOREIGN KEY (a, b) REFERENCES probe.people (a, b) NOT VALID;
CREATE TABLE probe.years (id integer, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE probe.years_1 PARTITION OF probe.years FOR VALUES FROM ('2001-01-01') TO ('2002-01-01');
CREATE TABLE probe.notes (
    id integer, at date, CONSTRAINT notes_year_fkey FOREIGN KEY (id, at) REFERENCES probe.years_1 (id, at)
);
CREATE TABLE probe.marks (
    id integer, at date, CONSTRAINT marks_year_fkey FOREIGN KEY (id, at) REFERENCES probe.years (id, at)
);

CREATE FUNCTION pg_temp.keys(p_table regclass) RETURNS text
LANGUAGE sql
RETURN (
    SELECT string_agg(f.conname || ' to ' || f.confrelid::regclass, ', ' ORDER BY f.conname COLLATE "C")
    FROM kernel.foreign_keys_to(p_table) AS f
    WHERE f.conparentid = 0
);

SELECT is(
    pg_temp.keys('probe.people'), 'people_parent_fkey to probe.people, pets_owner_fkey to probe.people',
    'a key of several columns is told once, one of the table''s own and one that isn''t validated as well'
);
SELECT is(
    pg_temp.keys('probe.years'), 'marks_year_fkey to probe.years, notes_year_fkey to probe.years_1',
    'what points to a partition alone points to its table'
);
SELECT is(pg_temp.keys('probe.years_1'), 'notes_year_fkey to probe.years_1', 'and the other way it doesn''t');
SELECT is(pg_temp.keys('probe.notes'), NULL, 'a key that starts at a table doesn''t point to it');
SELECT set_eq(
    $$SELECT c.oid, f.oid AS key FROM pg_class AS c CROSS JOIN LATERAL kernel.foreign_keys_to(c.oid) AS f WHERE f.confrelid = c.oid$$,
    $$SELECT f.confrelid, f.oid AS key FROM pg_constraint AS f WHERE f.contype = 'f'$$,
    'no key of the whole database is left out'
);
ALTER TABLE probe.pets DROP CONSTRAINT pets_owner_fkey;
SELECT is(pg_temp.keys('probe.people'), 'people_parent_fkey to probe.people', 'a key that is gone is gone');

SELECT * FROM finish();
ROLLBACK;
