BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(12);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.people (
    id bigint NOT NULL,
    name text,
    birth bytea,
    facts jsonb,
    untold text,
    gone text
);
ALTER TABLE probe.people DROP gone;
COMMENT ON COLUMN probe.people.id IS E'Key.\n@internal';
COMMENT ON COLUMN probe.people.name IS E'Name.\n@personal contact\n@erase null';
COMMENT ON COLUMN probe.people.birth IS E'Birth.\n@personal birth\n@sealed date birth_date profile';
COMMENT ON COLUMN probe.people.facts IS E'Facts.\n@public\n@json map<text,probe.fact>';
CREATE TABLE probe.events (at date NOT NULL, pad integer, what text) PARTITION BY RANGE (at);
COMMENT ON COLUMN probe.events.what IS E'What.\n@personal behaviour\n@erase delete';
-- Its columns stand in another order than those of its root.
CREATE TABLE probe.events_2026 (what text, at date NOT NULL, pad integer);
ALTER TABLE probe.events ATTACH PARTITION probe.events_2026
FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
COMMENT ON COLUMN probe.events_2026.what IS E'Not heard.\n@public';
CREATE VIEW probe.names AS SELECT p.name FROM probe.people AS p;
CREATE SCHEMA elsewhere;
CREATE TABLE elsewhere.things (a integer);

CREATE FUNCTION pg_temp.told(p_table text, p_column text) RETURNS text
LANGUAGE sql
RETURN (
    SELECT concat_ws(
        '|', d.root, coalesce(d.class, '-'), d.kind, d.is_personal, d.erase,
        d.sealed_type, d.sealed_label, d.sealed_key, d.json_type
    )
    FROM kernel.data_map AS d
    WHERE d.app = 'probe' AND d.table_name = p_table AND d.column_name = p_column
);

SELECT is(pg_temp.told('people', 'id'), 'probe.people|internal|f', 'a class without a kind');
SELECT is(
    pg_temp.told('people', 'name'), 'probe.people|personal|contact|t|null', 'a kind and an erasure'
);
SELECT is(
    pg_temp.told('people', 'birth'), 'probe.people|personal|birth|t|date|birth_date|profile',
    'a sealed column'
);
SELECT is(pg_temp.told('people', 'facts'), 'probe.people|public|f|map<text,probe.fact>', 'a shape');
SELECT is(
    pg_temp.told('people', 'untold'), 'probe.people|-|t',
    'a column without a class counts as personal'
);
SELECT is(pg_temp.told('people', 'gone'), NULL, 'a dropped column is gone');
SELECT is(
    pg_temp.told('events', 'what'), 'probe.events|personal|behaviour|t|delete',
    'a partitioned table'
);
SELECT is(
    pg_temp.told('events_2026', 'what'), 'probe.events|personal|behaviour|t|delete',
    'a partition says what its root says, by name'
);
SELECT is(
    pg_temp.told('events_2026', 'pad'), 'probe.events|-|t',
    'and nothing where the root says nothing'
);
SELECT is(
    (SELECT count(*) FROM kernel.data_map AS d WHERE d.app = 'probe'), 11::bigint,
    'what a view shows is not stored in it'
);
SELECT is(
    (SELECT count(*) FROM kernel.data_map AS d WHERE d.app = 'elsewhere'), 0::bigint,
    'a schema that is no app is left out'
);
SELECT is(
    (SELECT c.reloptions FROM pg_class AS c WHERE c.oid = 'kernel.data_map'::regclass),
    ARRAY['security_invoker=true'], 'the view reads with the rights of its reader'
);

SELECT * FROM finish();
ROLLBACK;
