-- A function of the kernel or of an app reads its own literals as they are meant, whatever session calls it first.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(10);

\ir _mend.sql
-- What is kept as text is read by the caller's settings; what is kept as a tree was read when it was made.
CREATE TEMPORARY VIEW found AS
SELECT p.oid::regprocedure AS function
FROM pg_proc AS p
JOIN pg_language AS l ON l.oid = p.prolang AND l.lanname IN ('sql', 'plpgsql')
WHERE p.pronamespace::regnamespace::text IN (SELECT 'kernel' UNION SELECT kernel.app_schemas())
  AND p.prosqlbody IS NULL
  AND strpos(
      regexp_replace(
          regexp_replace(p.prosrc, '--[^\n]*', '', 'g'), '\mE''([^''\\]|\\.|'''')*''', '', 'g'
      ),
      '\'
  ) > 0
  AND 'standard_conforming_strings=on' <> ALL (coalesce(p.proconfig, '{}'));
SELECT is_empty(
    'SELECT f.function FROM pg_temp.found AS f',
    'a function with a backslash in a literal pins standard_conforming_strings, or writes E'
);

CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE FUNCTION probe.loose() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN '1' ~ '\d'; END $$;
CREATE FUNCTION probe.loose_too() RETURNS boolean LANGUAGE sql AS $$ SELECT E'\n' ~ '\n' $$;
CREATE FUNCTION probe.pinned() RETURNS boolean LANGUAGE plpgsql
SET standard_conforming_strings = on AS $$ BEGIN RETURN '1' ~ '\d'; END $$;
CREATE FUNCTION probe.escaped() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    RETURN '1' ~ E'\\d''' /* an 'E' */; -- \ here
END $$;
CREATE FUNCTION probe.bound() RETURNS boolean LANGUAGE sql RETURN '1' ~ '\d';
SELECT set_eq(
    'SELECT f.function::text FROM pg_temp.found AS f', ARRAY['probe.loose()', 'probe.loose_too()'], 'no other does'
);

-- What that is for: functions that are called here for the first time in this session.
SET LOCAL ROLE strongroom_owner;
CREATE TABLE probe.people (user_id bigint PRIMARY KEY, name text, secret kernel.sealed, doc bytea);
COMMENT ON COLUMN probe.people.user_id IS '@internal';
COMMENT ON COLUMN probe.people.name IS E'@personal identifier\n@erase null';
COMMENT ON COLUMN probe.people.secret IS E'@personal content\n@erase null\n@sealed text secret names';
COMMENT ON COLUMN probe.people.doc IS E'@personal content\n@erase null';
INSERT INTO probe.people (user_id, name) VALUES (1, 'Anna-Maria.Karenina'), (2, NULL);
RESET ROLE;
SET LOCAL standard_conforming_strings = off;
SELECT kernel.enable_audit('probe.people'), kernel.guard_sealed('probe.people');
SELECT lives_ok('UPDATE probe.people SET name = name, doc = NULL', 'an audited table is written to');
SELECT is(
    (SELECT count(DISTINCT i.opening) FROM kernel.audit_inbox AS i WHERE i.app = 'probe' AND octet_length(i.opening) = 64),
    2::bigint, 'and each row has an opening of its own'
);
SELECT throws_ok(
    $$UPDATE probe.people SET secret = decode('01' || repeat('00', 8) || repeat('ab', 44), 'hex')$$, 'KR080', NULL,
    'a value under a key that is none is refused for that'
);
SELECT is(
    kernel.merkle_root(sha256('a') || sha256('b')), sha256(decode('01', 'hex') || sha256('a') || sha256('b')), 'seals are made alike'
);
SELECT is(kernel.personal_tokens('probe', '1'), ARRAY['Anna-Maria.Karenina'], 'the words of a person are found');
SELECT is(
    (SELECT sum(t.rows) FROM kernel.subject_traces('probe', ARRAY['maria']) AS t WHERE t.relation = 'probe.people'::regclass), 1::numeric,
    'as are their traces, as words'
);
SELECT is(
    (SELECT sum(t.rows) FROM kernel.subject_traces('probe', ARRAY['aria']) AS t WHERE t.relation = 'probe.people'::regclass), NULL,
    'and not within others'
);
SELECT is(kernel.access_names('probe.people.name'), ARRAY['probe.people.name'], 'names are names');

SELECT * FROM finish();
ROLLBACK;
