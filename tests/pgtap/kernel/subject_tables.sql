BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

CREATE FUNCTION pg_temp.rows_of(p_app text, p_subject text)
RETURNS TABLE (name text, row_count bigint)
LANGUAGE plpgsql AS $$
DECLARE
    v_table record;
BEGIN
    FOR v_table IN SELECT t.relation, t.condition FROM kernel.subject_tables(p_app) AS t LOOP
        name := v_table.relation::text;
        EXECUTE format('SELECT count(*) FROM %s AS t WHERE %s', v_table.relation, v_table.condition)
        INTO row_count USING p_subject;
        RETURN NEXT;
    END LOOP;
END;
$$;
CREATE FUNCTION pg_temp.plan_of(p_relation regclass) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    v_condition text;
    v_plan json;
BEGIN
    SELECT t.condition INTO v_condition FROM kernel.subject_tables('probe') AS t
    WHERE t.relation = p_relation;
    EXECUTE format(
        'EXPLAIN (FORMAT json) SELECT t.* FROM %s AS t WHERE %s',
        p_relation, replace(v_condition, '$1', '''1''')
    ) INTO v_plan;
    RETURN v_plan::text;
END;
$$;

-- tarot.
SELECT results_eq(
    $$SELECT t.relation::text FROM kernel.subject_tables('tarot') AS t
      WHERE NOT starts_with(t.relation::text, 'tarot.readings_live')$$,
    ARRAY[
        'tarot.readings', 'tarot.sessions', 'tarot.transactions', 'tarot.credits', 'tarot.users'
    ],
    '[A-44] the tables of a person are found, children first'
);
SELECT is_empty(
    $$SELECT t.relation FROM kernel.subject_tables('tarot') AS t
      WHERE NOT t.is_direct OR t.is_shared OR t.problem IS NOT NULL OR t.cut_columns <> '{}'$$,
    'each row of tarot is of one person, by its own column'
);
SELECT is_empty('SELECT c.detail FROM kernel.check_unreached_person AS c', 'nothing personal is out of reach');
SELECT throws_ok(
    format('SELECT * FROM kernel.subject_tables(%L)', name), 'KR110', NULL, format('%s is no app', name)
)
FROM unnest(ARRAY['kernel', 'pg_catalog', 'no such', 'a"b;--', '']) AS n (name);
SELECT throws_ok('SELECT * FROM kernel.subject_tables(NULL)', 'KR110', NULL, 'NULL is no app');

-- An app that makes it hard.
CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
SELECT is_empty($$SELECT t.relation FROM kernel.subject_tables('probe') AS t$$, 'an app without tables has none');
CREATE DOMAIN probe.person AS bigint CHECK (VALUE > 0);
CREATE TABLE probe.users (gone text, id bigint PRIMARY KEY, name text);
ALTER TABLE probe.users DROP COLUMN gone;
COMMENT ON COLUMN probe.users.id IS '@subject';
CREATE TABLE probe.settings (key text PRIMARY KEY, value text);
CREATE TABLE probe.notes (
    user_id bigint REFERENCES probe.users, id bigint, PRIMARY KEY (user_id, id), theme text REFERENCES probe.settings
);
-- By two columns, then by one; names that must be quoted; columns named as what conditions are made of.
CREATE TABLE probe."a""b;--" (
    id bigint PRIMARY KEY, t bigint, "$1" bigint, p text,
    FOREIGN KEY (t, "$1") REFERENCES probe.notes (user_id, id) ON DELETE CASCADE
);
CREATE TABLE probe."таблица с очень длинным имене" (
    "ключ" bigint REFERENCES probe."a""b;--" (id), p text
);
-- Of two people.
CREATE TABLE probe.pairs (id bigint PRIMARY KEY, a probe.person, b probe.person);
COMMENT ON COLUMN probe.pairs.a IS '@subject';
COMMENT ON COLUMN probe.pairs.b IS '@subject';
CREATE INDEX ON probe.pairs (a);
CREATE INDEX ON probe.pairs (b);
CREATE TABLE probe.messages (
    id bigint PRIMARY KEY, pair_id bigint REFERENCES probe.pairs, note_user bigint, note_id bigint,
    FOREIGN KEY (note_user, note_id) REFERENCES probe.notes (user_id, id)
);
CREATE INDEX ON probe.messages (pair_id);
CREATE INDEX ON probe.messages (note_user, note_id);
-- A row belongs to what it goes with, not to all that it names.
CREATE TABLE probe.items (
    id bigint PRIMARY KEY, pair_id bigint REFERENCES probe.pairs ON DELETE CASCADE,
    seller_note bigint, seller bigint, FOREIGN KEY (seller, seller_note) REFERENCES probe.notes (user_id, id)
);
CREATE INDEX ON probe.items (pair_id);
-- Partitions: a root with a partition of its own, keys into it, and a key that only one partition has.
CREATE TABLE probe.days (
    user_id bigint, day integer, note text, PRIMARY KEY (user_id, day)
) PARTITION BY RANGE (day);
CREATE TABLE probe.days_1 PARTITION OF probe.days FOR VALUES FROM (1) TO (10);
CREATE TABLE probe.days_2 PARTITION OF probe.days FOR VALUES FROM (10) TO (20) PARTITION BY LIST (day);
CREATE TABLE probe.days_2_a PARTITION OF probe.days_2 FOR VALUES IN (10, 11);
CREATE TABLE probe.hours (
    id bigint PRIMARY KEY, u bigint, d integer, FOREIGN KEY (u, d) REFERENCES probe.days (user_id, day)
);
CREATE TABLE probe.minutes (
    id bigint PRIMARY KEY, u bigint, d integer, FOREIGN KEY (u, d) REFERENCES probe.days_1 (user_id, day)
);
CREATE TABLE probe.events (note_id bigint, u bigint, at integer, words text) PARTITION BY RANGE (at);
CREATE TABLE probe.events_1 PARTITION OF probe.events FOR VALUES FROM (1) TO (10);
ALTER TABLE probe.events_1 ADD FOREIGN KEY (u, note_id) REFERENCES probe.notes (user_id, id);

INSERT INTO probe.users VALUES (1, 'anna'), (2, 'boris'), (11, 'clara');
INSERT INTO probe.notes VALUES (1, 1), (1, 2), (2, 1), (11, 1);
INSERT INTO probe."a""b;--" VALUES (1, 1, 1), (2, 1, 2), (3, 2, 1), (4, NULL, 1), (5, NULL, NULL);
INSERT INTO probe."таблица с очень длинным имене" VALUES (1), (1), (3), (NULL);
INSERT INTO probe.pairs VALUES (1, 1, 2), (2, 2, 11), (3, 11, 1), (4, 1, 1), (5, NULL, NULL);
INSERT INTO probe.messages VALUES (1, 1, NULL, NULL), (2, 2, NULL, NULL), (3, NULL, 1, 1), (4, 2, 1, 2), (5, 4, 1, 1);
INSERT INTO probe.items VALUES (1, 1, 1, 11), (2, 2, 1, 1), (3, NULL, 1, 1);
INSERT INTO probe.days VALUES (1, 1), (1, 10), (2, 1), (11, 11);
INSERT INTO probe.hours VALUES (1, 1, 1), (2, 1, 10), (3, 2, 1);
INSERT INTO probe.minutes VALUES (1, 1, 1), (2, 2, 1);

CREATE TEMPORARY VIEW listed AS
SELECT t.relation::text AS name, t.position, t.is_direct, t.is_shared, t.cut_columns, t.problem
FROM kernel.subject_tables('probe') AS t;
SELECT bag_eq(
    $$SELECT r.name, r.row_count FROM pg_temp.rows_of('probe', '1') AS r$$,
    $$VALUES
        ('probe.users', 1::bigint), ('probe.notes', 2), ('probe."a""b;--"', 2),
        ('probe."таблица с очень длинным имене"', 2), ('probe.pairs', 3), ('probe.messages', 4),
        ('probe.items', 1), ('probe.days', 2), ('probe.hours', 2), ('probe.minutes', 1)$$,
    '[A-44] every row of the person is found, and tables of nobody are left alone'
);
SELECT bag_eq(
    $$SELECT r.name, r.row_count FROM pg_temp.rows_of('probe', '2') AS r$$,
    $$VALUES
        ('probe.users', 1::bigint), ('probe.notes', 1), ('probe."a""b;--"', 1),
        ('probe."таблица с очень длинным имене"', 1), ('probe.pairs', 2), ('probe.messages', 3),
        ('probe.items', 2), ('probe.days', 1), ('probe.hours', 1), ('probe.minutes', 1)$$,
    'and of another person'
);
SELECT is(
    (SELECT sum(r.row_count) FROM pg_temp.rows_of('probe', '7') AS r), 0::numeric,
    'of somebody who is not there, nothing'
);
SELECT set_eq(
    'SELECT l.name FROM pg_temp.listed AS l WHERE l.is_shared',
    ARRAY['probe.pairs', 'probe.messages', 'probe.items'],
    'tables of two people say so, and those that hang on them'
);
SELECT set_eq(
    'SELECT l.name FROM pg_temp.listed AS l WHERE l.is_direct',
    ARRAY['probe.users', 'probe.notes', 'probe.pairs', 'probe.days'],
    'and it is said which tables name the person themselves'
);
SELECT is_empty(
    $$SELECT f.conname FROM pg_constraint AS f
      JOIN pg_temp.listed AS c ON c.name::regclass = coalesce(pg_partition_root(f.conrelid), f.conrelid)
      JOIN pg_temp.listed AS p ON p.name::regclass = coalesce(pg_partition_root(f.confrelid), f.confrelid)
      WHERE f.contype = 'f' AND c.position > p.position$$,
    'whatever refers stands before what it refers to'
);
SELECT results_eq(
    'SELECT l.position FROM pg_temp.listed AS l', 'SELECT generate_series(1, 10)',
    'positions count up from 1'
);
SELECT is_empty(
    $$SELECT l.name FROM pg_temp.listed AS l WHERE l.cut_columns <> '{}' OR l.problem IS NOT NULL$$,
    'without a circle nothing need be cut'
);
SELECT set_eq(
    'SELECT c.level, c.cache_key FROM kernel.check_unreached_person AS c',
    $$VALUES ('ERROR', 'unreached_person:probe.settings'), ('ERROR', 'unreached_person:probe.events')$$,
    'personal columns out of reach are an ERROR, a key of one partition reaches only that'
);

-- Conditions are index conditions.
INSERT INTO probe.users SELECT i, 'x' FROM generate_series(100, 3000) AS i;
INSERT INTO probe.notes SELECT i, 1 FROM generate_series(100, 3000) AS i;
INSERT INTO probe.pairs SELECT i, i, i + 1 FROM generate_series(100, 3000) AS i;
INSERT INTO probe.messages SELECT i, i, i, 1 FROM generate_series(100, 3000) AS i;
INSERT INTO probe.items SELECT i, i FROM generate_series(100, 3000) AS i;
ANALYZE probe.users, probe.notes, probe.pairs, probe.messages, probe.items;
SELECT unalike(pg_temp.plan_of(relation), '%Seq Scan%', format('%s is read by an index', relation))
FROM unnest('{probe.users,probe.notes,probe.pairs,probe.messages,probe.items}'::regclass[]) AS t (relation);

-- Ids of other types, and what a cast would do to them.
CREATE SCHEMA texts;
COMMENT ON SCHEMA texts IS E'An app.\n@app';
CREATE DOMAIN texts.three AS varchar(3);
CREATE DOMAIN texts.short AS texts.three;
CREATE TYPE texts.mood AS ENUM ('abc', 'abcdef');
CREATE TABLE texts.a (user_id varchar(3));
CREATE TABLE texts.b (user_id char(6));
CREATE TABLE texts.c (user_id texts.short);
CREATE TABLE texts.d (user_id text COLLATE "C");
CREATE TABLE texts.e (user_id texts.mood);
CREATE TABLE texts.f (user_id json);
INSERT INTO texts.a VALUES ('abc');
INSERT INTO texts.b VALUES ('abcdef');
INSERT INTO texts.c VALUES ('abc');
INSERT INTO texts.d VALUES ('abcdef'), ('ABCDEF');
INSERT INTO texts.e VALUES ('abcdef'), ('abc');
INSERT INTO texts.f VALUES ('"abcdef"');
SELECT bag_eq(
    $$SELECT r.name, r.row_count FROM pg_temp.rows_of('texts', 'abcdef') AS r$$,
    $$VALUES ('texts.a', 0::bigint), ('texts.b', 1), ('texts.c', 0), ('texts.d', 1), ('texts.e', 1), ('texts.f', 0)$$,
    'a longer id is not cut to the id of somebody else'
);

-- Circles.
CREATE SCHEMA round;
COMMENT ON SCHEMA round IS E'An app.\n@app';
CREATE TABLE round.users (id bigint PRIMARY KEY, best bigint);
COMMENT ON COLUMN round.users.id IS '@subject';
CREATE TABLE round.albums (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES round.users, cover bigint);
CREATE TABLE round.photos (id bigint PRIMARY KEY, album bigint NOT NULL REFERENCES round.albums ON DELETE CASCADE,
    before bigint REFERENCES round.photos);
ALTER TABLE round.albums ADD FOREIGN KEY (cover) REFERENCES round.photos;
ALTER TABLE round.users ADD FOREIGN KEY (best) REFERENCES round.albums ON DELETE SET NULL;
-- Reached by the last of them alone.
CREATE TABLE round.faces (id bigint PRIMARY KEY, photo bigint REFERENCES round.photos);
-- Each says that it goes with the other, and one of them names an album.
CREATE TABLE round.eggs (id bigint PRIMARY KEY, hen bigint, album bigint REFERENCES round.albums);
CREATE TABLE round.hens (id bigint PRIMARY KEY, egg bigint REFERENCES round.eggs ON DELETE CASCADE);
ALTER TABLE round.eggs ADD FOREIGN KEY (hen) REFERENCES round.hens ON DELETE CASCADE;
-- Two that can't let go of each other.
CREATE TABLE round.keys (user_id bigint, id bigint PRIMARY KEY, lock bigint NOT NULL);
CREATE TABLE round.locks (user_id bigint, id bigint PRIMARY KEY, key bigint NOT NULL REFERENCES round.keys);
ALTER TABLE round.keys ADD FOREIGN KEY (lock) REFERENCES round.locks DEFERRABLE INITIALLY DEFERRED;
INSERT INTO round.users VALUES (1), (2);
INSERT INTO round.albums VALUES (1, 1), (2, 2);
INSERT INTO round.photos VALUES (1, 1, NULL), (2, 2, 1);
INSERT INTO round.faces VALUES (1, 1), (2, 2), (3, NULL);
INSERT INTO round.eggs VALUES (1, NULL, 1), (2, NULL, NULL), (3, NULL, 2);
INSERT INTO round.hens VALUES (1, 1), (2, 2), (3, NULL);
SELECT bag_eq(
    $$SELECT r.name, r.row_count FROM pg_temp.rows_of('round', '1') AS r$$,
    $$VALUES ('round.users', 1::bigint), ('round.albums', 1), ('round.photos', 1), ('round.faces', 1),
        ('round.eggs', 1), ('round.hens', 1), ('round.keys', 0), ('round.locks', 0)$$,
    'circles do not hide a row, and a row of one person is not another''s because it names hers'
);
SELECT is(
    (SELECT array_agg(t.relation::text ORDER BY t.position) FROM kernel.subject_tables('round') AS t
     WHERE t.relation::text IN ('round.users', 'round.albums', 'round.photos', 'round.faces')),
    ARRAY['round.faces', 'round.photos', 'round.albums', 'round.users'],
    'circles are cut where a column may be empty'
);
SELECT bag_eq(
    $$SELECT t.relation::text, t.cut_columns::text FROM kernel.subject_tables('round') AS t
      WHERE t.cut_columns <> '{}'$$,
    $$VALUES ('round.albums', '{cover}'), ('round.hens', '{egg}'), ('round.users', '{best}')$$,
    'and these columns are named'
);
SELECT bag_eq(
    $$SELECT t.relation::text, t.problem FROM kernel.subject_tables('round') AS t WHERE t.problem IS NOT NULL$$,
    $$VALUES ('round.locks',
        'Foreign keys of round.locks go round in a circle, and no column of locks_key_fkey may be empty.')$$,
    'a circle that can''t be cut is said in words'
);
SELECT results_eq(
    $$SELECT l.relation::text FROM kernel.subject_tables('round') AS l$$,
    $$SELECT l.relation::text FROM kernel.subject_tables('round') AS l$$,
    'the order is the same each time'
);

SELECT function_privs_are(
    'kernel', 'subject_tables', ARRAY['text'], r.name, r.privileges, format('%s and the registry', r.name)
)
FROM (
    VALUES ('strongroom_runner', ARRAY['EXECUTE']), ('tarot_app', '{}'), ('tarot_worker', '{}'),
        ('strongroom_login', '{}')
) AS r (name, privileges);
SET LOCAL ROLE strongroom_runner;
SELECT isnt_empty($$SELECT t.relation FROM kernel.subject_tables('tarot') AS t$$, 'the runner may ask');

SELECT * FROM finish();
ROLLBACK;
