BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(6);

CREATE FUNCTION pg_temp.subjects(p_relation regclass) RETURNS text
LANGUAGE sql
RETURN (SELECT string_agg(c.name, ',') FROM kernel.subject_columns(p_relation) AS c (name));

CREATE SCHEMA probe;
CREATE TABLE probe.own (id integer, user_id integer);
CREATE TABLE probe.people (id integer, user_id integer, name text);
COMMENT ON COLUMN probe.people.id IS E'The person.\n@internal\n@subject';
CREATE TABLE probe.pairs (a integer, gone integer, b integer);
COMMENT ON COLUMN probe.pairs.b IS '@subject';
COMMENT ON COLUMN probe.pairs.a IS '@subject';
COMMENT ON COLUMN probe.pairs.gone IS '@subject';
ALTER TABLE probe.pairs DROP COLUMN gone;
CREATE TABLE probe.settings (name text);
CREATE TABLE probe.root (owner integer, at integer) PARTITION BY RANGE (at);
COMMENT ON COLUMN probe.root.owner IS '@subject';
CREATE TABLE probe.part (at integer, owner integer, user_id integer);
ALTER TABLE probe.part DROP COLUMN user_id;
ALTER TABLE probe.root ATTACH PARTITION probe.part FOR VALUES FROM (1) TO (2);

SELECT is(pg_temp.subjects('probe.own'), 'user_id', 'user_id says whose row it is');
SELECT is(pg_temp.subjects('probe.people'), 'id', 'unless another column is tagged');
SELECT is(pg_temp.subjects('probe.pairs'), 'a,b', 'a row may be of two people');
SELECT is(pg_temp.subjects('probe.settings'), NULL, 'or of nobody');
SELECT is(pg_temp.subjects('probe.part'), 'owner', 'a partition speaks through its root');
SELECT is(pg_temp.subjects('tarot.users'), 'id', 'the person is the row itself');

SELECT * FROM finish();
ROLLBACK;
