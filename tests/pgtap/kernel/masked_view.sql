BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

CREATE ROLE probe_analyst;
GRANT strongroom_client TO probe_analyst;
CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
GRANT USAGE ON SCHEMA probe TO probe_analyst;
CREATE FUNCTION pg_temp.tag(p_table text, p_column text, p_tags text) RETURNS void
LANGUAGE plpgsql AS $$ BEGIN
    EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', p_table, p_column, E'Told.\n' || p_tags);
END $$;
CREATE FUNCTION pg_temp.mask(p_table regclass, p_column text) RETURNS text LANGUAGE sql
RETURN (SELECT m.mask FROM kernel.masked_columns(p_table) AS m WHERE m.column_name = p_column);

SET LOCAL ROLE strongroom_owner;
CREATE DOMAIN probe.state AS text CHECK (VALUE IN ('on', 'off'));
CREATE DOMAIN probe.state_again AS probe.state;
CREATE DOMAIN probe.price AS numeric(12, 2);
CREATE TYPE probe.mood AS ENUM ('good', 'bad');
CREATE TABLE probe.people (
    id bigint PRIMARY KEY, email text UNIQUE, born date, joined_at timestamptz, seen_at timestamp,
    state probe.state, plan text CHECK (plan IN ('free', 'it''s, [paid]')), open text CHECK (open IN ('a', 'b') OR length(open) > 3),
    mood probe.mood, spent probe.price, score double precision, note text, tags text[], profile jsonb, extra json,
    code integer CHECK (code IN (1, 2)), sealed bytea, blind bytea, untagged text, twice text, address inet, chat_id bigint
);
SELECT pg_temp.tag('probe.people', t.name, t.tags)
FROM (
    VALUES
        ('id', '@internal'), ('email', '@personal contact'), ('born', '@personal birth'), ('joined_at', '@personal activity'),
        ('seen_at', '@internal'), ('state', '@internal'), ('plan', '@internal'), ('open', '@internal'), ('mood', '@internal'),
        ('spent', '@personal payment'), ('score', '@internal'), ('note', E'@personal content\n@mask presence'),
        ('tags', '@internal'), ('profile', E'@personal content\n@mask shape'), ('extra', '@internal'), ('code', '@internal'),
        ('sealed', E'@public\n@sealed text probe.note note'), ('blind', E'@public\n@blind sealed note'),
        ('twice', E'@public\n@internal'), ('address', '@personal identifier'), ('chat_id', '@internal')
) AS t (name, tags);
CREATE TABLE probe.notes (
    user_id bigint REFERENCES probe.people, id bigint, before_id bigint, body text, at timestamptz DEFAULT now(),
    PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, before_id) REFERENCES probe.notes (user_id, id)
);
SELECT pg_temp.tag('probe.notes', c, '@internal') FROM unnest('{user_id, id, before_id, at}'::text[]) AS c;
SELECT pg_temp.tag('probe.notes', 'body', '@personal content');
SELECT is(
    (SELECT string_agg(m.column_name || ' ' || split_part(m.mask, ' ', 1), ', ' ORDER BY m.position) FROM kernel.masked_columns('probe.people') AS m),
    'id pseudonym, email pseudonym, born hide, joined_at month, seen_at month, state keep, plan keep, open hide, mood keep, '
    || 'spent band, score band, note presence, tags hide, profile shape, extra hide, code keep, sealed hide, blind hide, '
    || 'untagged hide, twice hide, address pseudonym, chat_id pseudonym',
    'columns are masked by their class, kind, type and tag; one with no class, or two, is hidden'
);
SELECT is(pg_temp.mask('probe.notes', 'user_id'), 'pseudonym ["probe", "people", "id"]', 'a reference is called as what it refers to');
SELECT is(pg_temp.mask('probe.notes', 'before_id'), pg_temp.mask('probe.notes', 'id'), 'within a table, too');
ALTER TABLE probe.people ADD COLUMN s probe.state_again, ADD COLUMN n text;
ALTER TABLE probe.people ADD CHECK (n IN ('x', 'y')) NOT VALID;
SELECT pg_temp.tag('probe.people', c, '@internal') FROM unnest('{s, n}'::text[]) AS c;
SELECT is(pg_temp.mask('probe.people', 'n'), 'hide', 'a list that is not validated vouches for nothing');
CREATE TABLE probe.words (n integer UNIQUE);
CREATE TABLE probe.uses (word integer REFERENCES probe.words (n));
SELECT pg_temp.tag('probe.words', 'n', '@internal'), pg_temp.tag('probe.uses', 'word', '@internal');
SELECT is(
    ARRAY[pg_temp.mask('probe.words', 'n'), pg_temp.mask('probe.uses', 'word')], array_fill('pseudonym ["probe", "words", "n"]'::text, '{2}'),
    'what is referred to has pseudonyms, whatever it is called'
);
CREATE DOMAIN probe.envelope AS kernel.sealed;
ALTER TABLE probe.people ADD COLUMN e kernel.sealed, ADD COLUMN d probe.envelope, ADD COLUMN f kernel.sealed[];
SELECT pg_temp.tag('probe.people', c, '@public') FROM unnest('{e, d, f}'::text[]) AS c;
SELECT is(pg_temp.mask('probe.people', c), 'hide', 'an envelope is hidden by its type, whoever says that it is public') FROM unnest('{e, d, f}'::text[]) AS c;
ALTER TABLE probe.people DROP COLUMN e, DROP COLUMN d, DROP COLUMN f;
ALTER TABLE probe.people DROP COLUMN s, DROP COLUMN n;

-- What may not be.
SELECT throws_ok(format('SELECT kernel.masked_view(%L)', r.name), 'KR120', NULL, 'no masked view of ' || coalesce(r.name, 'NULL'))
FROM (VALUES ('kernel.job'), ('pg_class'), ('tarot.ledger_breaks'), (NULL)) AS r (name);
SELECT throws_ok(
    format($f$DO $do$ BEGIN COMMENT ON COLUMN probe.people.%I IS %L; PERFORM kernel.masked_view('probe.people'); END $do$$f$, t.name, t.tags),
    'KR121', 'a mask of probe.people can''t be followed', format('%s: no %s', t.name, replace(t.tags, E'\n', ' '))
)
FROM (
    VALUES
        ('id', E'@internal\n@mask keep'), ('email', E'@personal contact\n@mask keep'), ('address', E'@personal identifier\n@mask keep'),
        ('sealed', E'@public\n@sealed text a b\n@mask keep'), ('sealed', E'@personal health\n@sealed text a b\n@mask presence'),
        ('blind', E'@personal health\n@blind a b\n@mask pseudonym'), ('untagged', '@mask keep'), ('note', E'@personal content\n@mask month'),
        ('note', E'@personal content\n@mask band'), ('note', E'@personal content\n@mask shape'), ('born', E'@personal birth\n@mask pseudonym'),
        ('note', E'@personal content\n@mask'), ('note', E'@personal content\n@mask kepp'), ('spent', E'@internal\n@mask band 0'),
        ('spent', E'@internal\n@mask band 1; DROP'), ('profile', E'@internal\n@json map<text, integer>\n@mask shape')
) AS t (name, tags);
SELECT is(kernel.masked_view_of('probe.people'), NULL, 'and nothing was made');
CREATE VIEW probe.people_masked AS SELECT 1 AS one;
SELECT throws_ok($$SELECT kernel.masked_view('probe.people')$$, 'KR122', NULL, 'nor is another view replaced');
DROP VIEW probe.people_masked;

SELECT lives_ok($$SELECT kernel.masked_view('probe.people')$$, 'a table gets its masked view');
SELECT lives_ok($$SELECT kernel.masked_view('probe.notes')$$, 'another, too');
RESET ROLE;
SELECT lives_ok($$SELECT kernel.masked_view('probe.notes')$$, 'and again, by a superuser: nothing changes');
DROP VIEW probe.notes_masked;
SELECT kernel.masked_view('probe.notes');
SET LOCAL ROLE strongroom_owner;
SELECT is(
    (SELECT array_agg(k.app) FROM kernel.masking_key AS k WHERE k.app = 'probe'), ARRAY['probe'], 'the app has its key'
);
SELECT is(
    (SELECT array_agg(DISTINCT acl.grantee::regrole::text || ' ' || acl.privilege_type)
    FROM pg_class AS c CROSS JOIN aclexplode(c.relacl) AS acl
    WHERE c.oid IN ('probe.people_masked'::regclass, 'probe.notes_masked'::regclass) AND acl.grantee <> c.relowner),
    ARRAY['probe_analyst SELECT'], 'the analyst alone reads it, and nothing else'
);
SELECT is(
    (SELECT array_agg(DISTINCT c.relowner::regrole::text || c.reloptions::text) FROM pg_class AS c WHERE c.relname IN ('people_masked', 'notes_masked')),
    ARRAY['strongroom_owner{security_barrier=true}'], 'it is a barrier, and the owner''s'
);
SELECT is_empty($$SELECT f.detail FROM kernel.findings(ARRAY['masking_drift', 'view_rights']) AS f WHERE f.detail ~ 'probe'$$, 'the doctor finds it well');

-- Row level security is in force for the owner, too, so the view reads by the owner's policy.
ALTER TABLE probe.people ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe.people FORCE ROW LEVEL SECURITY;
ALTER TABLE probe.notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe.notes FORCE ROW LEVEL SECURITY;
SET LOCAL ROLE probe_analyst;
SELECT is_empty('SELECT FROM probe.people_masked', 'a table that shows its owner nothing shows the analyst nothing');
SET LOCAL ROLE strongroom_owner;
CREATE POLICY all_owner ON probe.people TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_owner ON probe.notes TO strongroom_owner USING (true) WITH CHECK (true);
INSERT INTO probe.people (id, email, born, joined_at, seen_at, state, plan, open, mood, spent, score, note, tags, profile, extra, code, sealed, blind, untagged, twice, address, chat_id)
VALUES
    (42, 'canary-mail', '1990-02-03', '2026-03-31 23:30:00+00', '2026-03-31 23:30:00', 'on', 'free', 'canary-open', 'good', 137.55, -7.5, 'canary-note',
        '{canary-tag}', '{"name": "canary-name", "canary-Key": 1}', '"canary-json"', 1, 'canary-seal', 'canary-blind', 'canary-untagged', 'canary-twice', '10.9.8.7', 42),
    (43, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (44, '', 'infinity', '-infinity', '4714-11-24 00:00:00 BC', 'off', 'it''s, [paid]', 'a', 'bad', 'NaN', 'Infinity', '', '{}', '[1]', '{"a": "\u0000"}', 2, '', '', '', '', '::/0', -9223372036854775808),
    (45, 'x', '5874897-12-31', '294276-12-31 23:59:59', 'infinity', NULL, NULL, NULL, NULL, -9999999999.99, '-1e308', NULL, NULL, '{}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 9223372036854775807);
INSERT INTO probe.notes (user_id, id, before_id, body, at)
VALUES (42, 42, NULL, 'canary-body', '2026-03-31 23:30:00+00'), (42, 43, 42, 'canary-body', '2026-04-01+00'), (43, 42, NULL, 'canary-body', '2026-04-01+00');
ANALYZE probe.people, kernel.masking_key;

-- A function that tells what it was called with, as cheap as can be, and any value.
RESET ROLE;
CREATE SCHEMA tools;
GRANT USAGE ON SCHEMA tools TO probe_analyst;
CREATE TABLE tools.seen (value text);
CREATE TABLE tools.plans (shown text);
GRANT INSERT, SELECT ON tools.seen, tools.plans TO probe_analyst;
CREATE FUNCTION tools.leak(p_value anyelement) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN
    INSERT INTO tools.seen VALUES (p_value::text);
    RETURN true;
END $$;
CREATE FUNCTION tools.failure(p_statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_all text; v_part text; v_more text;
BEGIN
    EXECUTE p_statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_all = MESSAGE_TEXT, v_part = PG_EXCEPTION_DETAIL, v_more = PG_EXCEPTION_CONTEXT;
    RETURN v_all || v_part || v_more;
END $$;
CREATE FUNCTION tools.plan(p_statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_line text; v_all text := '';
BEGIN
    FOR v_line IN EXECUTE 'EXPLAIN (ANALYZE, VERBOSE, TIMING OFF) ' || p_statement LOOP v_all := v_all || v_line || E'\n'; END LOOP;
    RETURN v_all;
END $$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA tools TO probe_analyst;
GRANT USAGE ON SCHEMA pgtap TO probe_analyst;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pgtap TO probe_analyst;
SET LOCAL ROLE probe_analyst;
SET LOCAL timezone = 'Pacific/Kiritimati';
SELECT results_eq(
    $$SELECT joined_at, seen_at, state::text, plan, mood::text, spent, score, note, profile, code FROM probe.people_masked ORDER BY joined_at NULLS LAST, seen_at$$,
    $$VALUES
        ('-infinity'::date, '-infinity'::date, 'off', 'it''s, [paid]', 'bad', NULL::numeric, NULL::double precision, true, '"array"'::jsonb, 2),
        ('2026-03-01', '2026-03-01', 'on', 'free', 'good', 100, -5, true, '{"*": "number", "name": "string"}', 1),
        ('294276-12-01', 'infinity', NULL, NULL, NULL, -5000000000, -1e308, false, '{}', NULL),
        (NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, NULL, NULL)$$,
    'months are those of UTC, numbers lie in bands, texts are there or not, and no value raises an error'
);
SELECT is(
    (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute AS a WHERE a.attrelid = 'probe.people_masked'::regclass),
    '{id,email,joined_at,seen_at,state,plan,mood,spent,score,note,profile,code,address,chat_id}'::text[], 'what is hidden is not there'
);
SELECT is(
    (SELECT array_agg(n.id = p.id) FROM probe.people_masked AS p JOIN probe.notes_masked AS n ON n.user_id = p.id),
    ARRAY[false, false, false], '[A-08] pseudonyms join, and person 42 is not note 42'
);
SELECT is((SELECT count(*) FROM probe.notes_masked AS a JOIN probe.notes_masked AS b ON b.id = a.before_id AND b.user_id = a.user_id), 1::bigint, 'references join');
SELECT is((SELECT count(*) FROM probe.people_masked AS p WHERE p.id = p.chat_id), 0::bigint, 'nor is person 42 chat 42');
SELECT is((SELECT count(p.email) FROM probe.people_masked AS p), 3::bigint, 'nobody''s address has no pseudonym');

-- Attacks.
SELECT throws_ok(w.statement, w.code, NULL, 'the analyst may not: ' || w.statement)
FROM (
    VALUES
        ('SELECT FROM probe.people', '42501'), ('SELECT p.id FROM ONLY probe.people AS p', '42501'), ('TABLE kernel.masking_key', '42501'),
        ('SELECT k.inner_key FROM kernel.masking_key AS k', '42501'), ('SELECT k.app FROM kernel.masking_key AS k', '42501'),
        ('SELECT p.untagged FROM probe.people_masked AS p', '42703'), ('SELECT p.inner_key FROM probe.people_masked AS p', '42703'),
        ('SELECT k.inner_key FROM probe.people_masked', '42P01'), ('SELECT t.id FROM probe.people_masked', '42P01'),
        ('SELECT p.ctid FROM probe.people_masked AS p', '42703'), ('SELECT p.xmin FROM probe.people_masked AS p', '42703'),
        ('SELECT p.tableoid FROM probe.people_masked AS p', '42703'),
        ('SELECT FROM probe.people_masked FOR UPDATE', '42501'), ('SELECT FROM probe.people_masked FOR KEY SHARE', '42501'),
        ($$UPDATE probe.people_masked SET state = 'off'$$, '42501'), ('DELETE FROM probe.people_masked', '42501'),
        ($$INSERT INTO probe.people_masked (state) VALUES ('on')$$, '42501'), ('TRUNCATE probe.people_masked', '42809'),
        ($$MERGE INTO probe.people_masked AS p USING (SELECT 1) AS s ON true WHEN MATCHED THEN DELETE$$, NULL),
        ('LOCK TABLE probe.people_masked IN ACCESS EXCLUSIVE MODE', '42501'),
        ($$CREATE OR REPLACE VIEW probe.people_masked AS SELECT 1$$, '42501'), ('ALTER VIEW probe.people_masked SET (security_barrier = false)', '42501'),
        ('CREATE RULE r AS ON UPDATE TO probe.people_masked DO INSTEAD NOTHING', '42501'),
        ('CREATE TRIGGER t INSTEAD OF UPDATE ON probe.people_masked EXECUTE FUNCTION kernel.tg_touch_updated_at()', '42501'),
        ('CREATE STATISTICS probe.s ON id, chat_id FROM probe.people', '42501'), ('ANALYZE (VERBOSE) kernel.nothing', '42P01'),
        ($$SELECT kernel.rotate_masking_key('probe')$$, '42501'), ($$SELECT kernel.make_masking_key('probe', true)$$, '42501'),
        ($$SELECT kernel.masked_view('probe.people')$$, '42501'), ($$SELECT kernel.drop_masked_view('probe.people')$$, '42501'),
        ('SET LOCAL row_security = off; SELECT p.id FROM probe.people_masked AS p', '42501')
) AS w (statement, code);
SET LOCAL row_security = on;

SELECT lives_ok($$SELECT count(*) FROM probe.people_masked AS p WHERE tools.leak(p) AND tools.leak(p.id) AND tools.leak(p.email)
    AND (tools.leak(p.joined_at) OR tools.leak(p.profile)) AND tools.leak(p.spent) AND p.joined_at < 'infinity' AND p.code = 1$$, 'a function that tells');
SELECT lives_ok($$SELECT count(*) FROM probe.notes_masked AS n JOIN probe.people_masked AS p ON p.id = n.user_id AND tools.leak(n) AND tools.leak(p)$$, 'in a join, too');
RESET ROLE;
SELECT isnt((SELECT count(*) FROM tools.seen), 0::bigint, 'it was called');
SELECT is_empty(
    $$SELECT s.value FROM tools.seen AS s, kernel.masking_key AS k
    WHERE s.value ~ 'canary|\m42\M|137\.55|2026-03-31|23:30|10\.9' OR strpos(s.value, encode(k.inner_key, 'hex')) > 0$$,
    'and saw masked values alone'
);
SET LOCAL ROLE probe_analyst;
SELECT unalike(tools.failure(s.statement), '%canary%', 'no value in the error of ' || s.statement)
FROM (
    VALUES
        ('SELECT p.email::text::integer FROM probe.people_masked AS p'), ('SELECT p::text::integer FROM probe.people_masked AS p'),
        ('SELECT 1 FROM probe.people_masked AS p WHERE p.id::text::date < now()'), ('SELECT (p.profile::text)::integer FROM probe.people_masked AS p'),
        ('SELECT to_jsonb(p)::text::integer FROM probe.people_masked AS p')
) AS s (statement);
SELECT isnt(tools.failure('SELECT p::text::integer FROM probe.people_masked AS p'), 'no error', 'there are errors');
SELECT is(
    (SELECT count(*)
    FROM probe.people_masked AS p
    JOIN generate_series(1, 100) AS guess (id) ON p.id IN (
        kernel.pseudonym('', '', '["probe", "people", "id"]', guess.id::text), kernel.pseudonym('', '', '', guess.id::text),
        encode(substring(sha256(convert_to(guess.id::text, 'UTF8')) FOR 16), 'hex')::uuid, md5(guess.id::text)::uuid
    )),
    0::bigint, '[A-08] whoever guesses a number finds nobody without the key'
);
SELECT is(kernel.pseudonym(NULL, '', 'a', '42'), NULL, 'without a key there is no pseudonym');
SELECT is_empty(
    $$SELECT s.attname FROM pg_stats AS s WHERE s.schemaname = 'probe' OR s.tablename = 'masking_key'$$, 'statistics show the analyst nothing'
);
INSERT INTO tools.plans SELECT tools.plan('SELECT * FROM probe.people_masked AS p WHERE p.id = p.chat_id');
SELECT matches(p.shown, 'inner_key', 'a plan names the key') FROM tools.plans AS p;
RESET ROLE;
SELECT is_empty(
    $$SELECT p.shown FROM tools.plans AS p, kernel.masking_key AS k
    WHERE strpos(p.shown || pg_get_viewdef('probe.people_masked'::regclass), encode(substring(k.inner_key FOR 4), 'hex')) > 0 OR p.shown ~ 'canary'$$,
    'and shows neither it nor a value'
);
SELECT is_empty($$SELECT FROM pg_statistic AS s WHERE s.starelid = 'kernel.masking_key'::regclass AND s.staattnum IN (2, 3)$$, 'nor is it among statistics');

-- Rotation.
CREATE TABLE pg_temp.key AS SELECT k.inner_key, k.outer_key FROM kernel.masking_key AS k WHERE k.app = 'probe';
CREATE TABLE pg_temp.before AS SELECT p.id, p.email, p.chat_id FROM probe.people_masked AS p;
SELECT throws_ok($$SET LOCAL ROLE strongroom_runner; SELECT kernel.rotate_masking_key('nothing')$$, 'KR123', NULL, 'no key of an app that has none');
SELECT throws_ok($$SET LOCAL ROLE strongroom_runner; SELECT k.inner_key FROM kernel.masking_key AS k$$, '42501', NULL, 'the runner sees no key');
SELECT throws_ok($$SET LOCAL ROLE tarot_app; SELECT FROM kernel.masking_key$$, '42501', NULL, 'nor does an app');
SET LOCAL ROLE strongroom_runner;
SELECT is(kernel.rotate_masking_key('probe'), 2, 'the runner rotates it');
SELECT is((SELECT k.version FROM kernel.masking_key AS k WHERE k.app = 'probe'), 2, 'and sees that he did');
RESET ROLE;
SELECT is_empty(
    $$SELECT FROM kernel.masking_key AS k, pg_temp.key AS o WHERE k.app = 'probe' AND (o.inner_key IN (k.inner_key, k.outer_key) OR o.outer_key = k.outer_key)$$,
    'both parts of it'
);
SELECT is_empty(
    $$SELECT FROM pg_temp.before AS b JOIN probe.people_masked AS p ON p.id = b.id OR p.email = b.email OR p.chat_id = b.chat_id$$,
    'what was copied before meets nobody after'
);
SELECT is((SELECT count(*) FROM probe.people_masked AS p JOIN probe.notes_masked AS n ON n.user_id = p.id), 3::bigint, 'while the views still join');

-- Drift.
CREATE FUNCTION pg_temp.drift() RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(f.level || ' ' || f.detail, '; ' ORDER BY f.detail) FROM kernel.findings(ARRAY['masking_drift']) AS f);
SET LOCAL ROLE strongroom_owner;
ALTER TABLE probe.people ADD COLUMN later text DEFAULT 'canary';
SELECT hasnt_column('probe', 'people_masked', 'later', 'a new column is not shown');
SELECT is(pg_temp.drift(), NULL, 'one without a class never will be');
SELECT pg_temp.tag('probe.people', 'later', '@public');
SELECT is(pg_temp.drift(), 'WARN probe.people_masked lacks column later, which its tags show now.', 'one that could be is found');
SELECT kernel.masked_view('probe.people');
SELECT has_column('probe', 'people_masked', 'later', 'and is shown once the view is made again');
CREATE VIEW probe.counted WITH (security_barrier = true) AS SELECT count(*) AS counted FROM probe.people_masked AS p WHERE p.state = 'on';
SELECT pg_temp.tag('probe.people', 'mood', '@personal health');
SELECT is(pg_temp.drift(), 'ERROR Column mood of probe.people_masked is not masked as its tags say now.', 'stricter tags are found');
SELECT throws_ok($$SELECT kernel.masked_view('probe.people')$$, '2BP01', NULL, 'a column does not go from under a view that reads it');
DROP VIEW probe.counted;
SELECT kernel.masked_view('probe.people');
SELECT is(pg_temp.drift(), NULL, 'then it goes');
SELECT hasnt_column('probe', 'people_masked', 'mood', 'for good');
DROP VIEW probe.notes_masked;
CREATE VIEW probe.notes_masked WITH (security_barrier = true) AS SELECT n.user_id, n.body FROM probe.notes AS n;
COMMENT ON VIEW probe.notes_masked IS E'By hand.\n@masked';
COMMENT ON COLUMN probe.notes_masked.user_id IS E'By hand.\n@mask pseudonym ["probe", "people", "id"]';
COMMENT ON COLUMN probe.notes_masked.body IS E'By hand.\n@mask keep';
SELECT is(
    pg_temp.drift(), 'ERROR Column body of probe.notes_masked is not masked as its tags say now.; ERROR Column user_id of probe.notes_masked '
    || 'is not masked as its tags say now.; WARN probe.notes_masked lacks column at, which its tags show now.; WARN probe.notes_masked lacks '
    || 'column before_id, which its tags show now.; WARN probe.notes_masked lacks column id, which its tags show now.',
    'a view that was made by hand is found, whatever its comments say'
);
SELECT kernel.masked_view('probe.notes');
SELECT is(pg_temp.drift(), NULL, 'and made right');
GRANT UPDATE ON probe.notes_masked TO probe_analyst;
SELECT is(pg_temp.drift(), 'ERROR probe_analyst may do more with probe.notes_masked than read it.', 'a right to write is found');
DELETE FROM kernel.masking_key AS k WHERE k.app = 'probe';
SELECT is((SELECT count(n.user_id) FROM probe.notes_masked AS n), 0::bigint, 'without a key pseudonyms are empty');
SELECT matches(pg_temp.drift(), 'The pseudonyms of probe.notes_masked are empty: app probe has no key.', 'and that is found');
SELECT kernel.masked_view('probe.notes');
REVOKE UPDATE ON probe.notes_masked FROM probe_analyst;
SELECT is(pg_temp.drift(), NULL, 'the next call makes another');

-- Renamed, partitioned, of odd names, dropped.
ALTER TABLE probe.notes RENAME TO remarks;
ALTER TABLE probe.remarks RENAME COLUMN before_id TO previous_id;
SELECT isnt(pg_temp.drift(), NULL, 'a new name of a column is found');
SELECT kernel.masked_view('probe.remarks');
SELECT is(kernel.masked_view_of('probe.remarks')::text, 'probe.remarks_masked', 'the view follows its table''s name');
SELECT hasnt_view('probe', 'notes_masked', 'and leaves none behind');
CREATE TABLE probe.events (user_id bigint, at timestamptz, what text, PRIMARY KEY (user_id, at)) PARTITION BY RANGE (at);
SELECT pg_temp.tag('probe.events', c, '@internal') FROM unnest('{user_id, at}'::text[]) AS c;
CREATE TABLE probe.events_1 PARTITION OF probe.events FOR VALUES FROM ('2026-01-01+00') TO ('2027-01-01+00');
COMMENT ON COLUMN probe.events_1.what IS '@public';
INSERT INTO probe.events VALUES (1, '2026-05-05+00', 'canary');
SELECT is(ARRAY[pg_temp.mask('probe.events_1', 'user_id'), pg_temp.mask('probe.events_1', 'what')], ARRAY['pseudonym ["probe", "events", "user_id"]', 'hide'], 'a partition speaks through its root');
SELECT kernel.masked_view('probe.events_1');
SELECT is(kernel.masked_view_of('probe.events_1')::text, 'probe.events_masked', 'a partition stands for its root');
SELECT results_eq('SELECT at FROM probe.events_masked', $$VALUES ('2026-05-01'::date)$$, 'and what it says of itself counts for nothing');
SELECT kernel.drop_masked_view('probe.events');
SELECT kernel.drop_masked_view('probe.events');
SELECT hasnt_view('probe', 'events_masked', 'dropped');
RESET ROLE;
CREATE FUNCTION pg_temp.odd(p_name text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE v_view regclass; v_rows bigint;
BEGIN
    EXECUTE format('CREATE ROLE %I', p_name || '_analyst');
    EXECUTE format('GRANT strongroom_client TO %I', p_name || '_analyst');
    EXECUTE format('CREATE SCHEMA %I AUTHORIZATION strongroom_owner', p_name);
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', p_name, '@app');
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', p_name, p_name || '_analyst');
    SET LOCAL ROLE strongroom_owner;
    EXECUTE format('CREATE TABLE %1$I.%1$I (%1$I bigint PRIMARY KEY, hidden text)', p_name);
    EXECUTE format('COMMENT ON COLUMN %1$I.%1$I.%1$I IS %2$L', p_name, '@internal');
    EXECUTE format('INSERT INTO %1$I.%1$I VALUES (1, %2$L)', p_name, 'canary');
    PERFORM kernel.masked_view(format('%1$I.%1$I', p_name)::regclass);
    PERFORM kernel.masked_view(format('%1$I.%1$I', p_name)::regclass);
    v_view := kernel.masked_view_of(format('%1$I.%1$I', p_name)::regclass);
    EXECUTE format('SET LOCAL ROLE %I', p_name || '_analyst');
    EXECUTE format('SELECT count(%I) FROM %s', p_name, v_view) INTO v_rows;
    RESET ROLE;
    RETURN NEXT is(v_rows, 1::bigint, 'a view of ' || p_name);
    RETURN NEXT is(pg_temp.drift(), NULL, 'that is as its tags say');
END $$;
SELECT pg_temp.odd(n.name)
FROM unnest(ARRAY['a"b;--', 'it''s', '$$ %I %s %1$s', E'x\\y\ttab', E'l1\n@mask keep\n@public', repeat('ü', 27), 'select']) AS n (name);
SELECT is(kernel.masked_view_name('orders'), 'orders_masked', 'a view is called as its table');
SELECT is(
    array_agg(DISTINCT octet_length(kernel.masked_view_name(repeat('ü', 28) || n)::text)), '{62}'::integer[], 'a long name is cut'
) FROM unnest('{abcdefg, bcdefgh}'::text[]) AS n;
SELECT isnt(kernel.masked_view_name(repeat('x', 62) || 'a'), kernel.masked_view_name(repeat('x', 62) || 'b'), 'and two stay two');

SELECT * FROM finish();
ROLLBACK;
