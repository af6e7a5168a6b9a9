BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
GRANT USAGE ON SCHEMA probe TO tarot_app;
CREATE SCHEMA "a""b;--" AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA "a""b;--" IS E'Another app.\n@app';

CREATE FUNCTION pg_temp.tag(p_table text, p_column text, p_tags text) RETURNS void
LANGUAGE plpgsql AS $$ BEGIN
    EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', p_table, p_column, E'Told.\n' || p_tags);
END $$;

SET LOCAL ROLE strongroom_owner;
CREATE TABLE probe.notes (
    user_id bigint, id integer, title text, secret text, twice text GENERATED ALWAYS AS (title || title) STORED,
    gone text, PRIMARY KEY (user_id, id)
);
SELECT pg_temp.tag('probe.notes', c, '@internal') FROM unnest(ARRAY['user_id', 'id', 'title', 'gone']) AS c;
SELECT pg_temp.tag('probe.notes', 'secret', E'@personal content\n@erase null');
ALTER TABLE probe.notes DROP COLUMN gone;
GRANT SELECT, INSERT, UPDATE, DELETE ON probe.notes TO tarot_app;

SELECT lives_ok($$SELECT kernel.enable_audit('probe.notes')$$, '[A-07] a table is audited');
SELECT lives_ok($$SELECT kernel.enable_audit('probe.notes')$$, 'and enabling it again changes nothing');
SELECT is(
    (SELECT array_agg(t.tgname::text ORDER BY t.tgname::text) FROM pg_trigger AS t WHERE t.tgrelid = 'probe.notes'::regclass),
    ARRAY['t50_audit_delete', 't50_audit_insert', 't50_audit_key', 't50_audit_truncate', 't50_audit_update'],
    'five triggers do it'
);
SELECT is(
    (SELECT p.proowner::regrole::text FROM pg_proc AS p WHERE p.proname = 'tg_audit_probe__notes' AND p.prosecdef),
    'strongroom_definer', 'their function belongs to the narrow role'
);
SELECT set_config('kernel.actor', 'support:7', true), set_config('kernel.request_id', 'r-1', true);
SELECT set_config('role', 'tarot_app', true);
INSERT INTO probe.notes (user_id, id, title, secret) VALUES (7, 1, 'one', 'canary-1'), (8, 1, 'two', NULL);
UPDATE probe.notes SET title = 'uno' WHERE user_id = 7;
DELETE FROM probe.notes WHERE user_id = 8;
RESET ROLE;

SELECT results_eq(
    $$SELECT app, relation, operation, key, subject, actor, role, request_id, old
    FROM kernel.audit_entries WHERE app = 'probe' ORDER BY id$$,
    $$VALUES
        ('probe', 'notes', 'INSERT', '["7", "1"]', '7', 'support:7', 'tarot_app', 'r-1', NULL::jsonb),
        ('probe', 'notes', 'INSERT', '["8", "1"]', '8', 'support:7', 'tarot_app', 'r-1', NULL),
        ('probe', 'notes', 'UPDATE', '["7", "1"]', '7', 'support:7', 'tarot_app', 'r-1', '{"title": "one"}'),
        ('probe', 'notes', 'DELETE', '["8", "1"]', '8', 'support:7', 'tarot_app', 'r-1', '{"title": "two"}')$$,
    '[A-07] [C-41] who, under which request, did what to whose row, and what was there before'
);
SELECT is(
    (SELECT count(*) FROM kernel.audit_inbox AS i WHERE i::text ~ 'canary' OR encode(i.opening, 'escape') ~ 'canary'),
    0::bigint, '[P-F19] no personal value is copied into the log'
);
SELECT is(
    (SELECT array_agg(octet_length(i.opening) ORDER BY i.id) FROM kernel.audit_inbox AS i WHERE i.app = 'probe'),
    ARRAY[NULL, NULL, 32, 32], 'a hash of it is, beside random bytes'
);
SELECT is(
    (SELECT count(DISTINCT i.transaction_id) FROM kernel.audit_inbox AS i
    WHERE i.app = 'probe' AND i.transaction_id = pg_current_xact_id() AND i.at = now()),
    1::bigint, 'an entry names its transaction and its time'
);
UPDATE probe.notes SET title = 'uno' WHERE false;
SELECT is((SELECT count(*) FROM kernel.audit_inbox AS i WHERE i.app = 'probe'), 4::bigint,
    'a statement without rows writes nothing');

-- What is refused.
SET LOCAL ROLE strongroom_owner;
SELECT throws_ok('TRUNCATE probe.notes', 'KR023', NULL, 'an audited table is not truncated');
SELECT throws_ok('UPDATE probe.notes SET id = 2', 'KR022', NULL, 'a key does not change');
SELECT lives_ok('UPDATE probe.notes SET id = 1', 'setting it to what it is changes nothing');
CREATE TABLE probe.keyless (a integer);
CREATE TABLE probe.mail (address text PRIMARY KEY);
SELECT pg_temp.tag('probe.mail', 'address', E'@personal contact\n@erase delete');
CREATE VIEW probe.seen AS SELECT 1 AS a;
SELECT throws_ok(format('SELECT kernel.enable_audit(%L)', wrong.relation), 'KR021', NULL, wrong.why)
FROM (
    VALUES
        ('probe.keyless', 'a table needs a key'), ('probe.mail', '[P-F19] that is not personal'),
        ('probe.seen', 'a view has no rows'), ('kernel.audit_log', 'the log does not watch itself'),
        ('kernel.audit_inbox', 'nor its inbox'), (NULL, 'nothing is no table')
) AS wrong (relation, why);

-- Columns that come and go.
ALTER TABLE probe.notes ADD COLUMN mood text;
SELECT is((SELECT count(*) FROM kernel.check_audit_drift AS d WHERE d.level = 'ERROR' AND d.detail ~ 'probe.notes'),
    1::bigint, 'a new column is a finding');
UPDATE probe.notes SET mood = 'good';
SELECT pg_temp.tag('probe.notes', 'mood', '@public');
SELECT kernel.enable_audit('probe.notes');
SELECT is_empty('SELECT * FROM kernel.check_audit_drift', 'until the table is enabled again');
UPDATE probe.notes SET mood = 'bad';
SELECT pg_temp.tag('probe.notes', 'title', E'@personal content\n@erase null');
SELECT is((SELECT count(*) FROM kernel.check_audit_drift), 1::bigint, 'and so is another tag');
SELECT kernel.enable_audit('probe.notes');
UPDATE probe.notes SET mood = 'bad';
RESET ROLE;
SELECT results_eq(
    $$SELECT old FROM kernel.audit_entries WHERE app = 'probe' AND operation = 'UPDATE' ORDER BY id DESC LIMIT 3$$,
    $$VALUES ('{"mood": "bad"}'::jsonb), ('{"mood": "good", "title": "uno"}'), ('{"title": "uno"}')$$,
    'each entry is read by the columns of its time'
);
SET LOCAL ROLE strongroom_owner;

-- Partitions.
CREATE TABLE probe.events (id integer, day integer, n integer, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
SELECT pg_temp.tag('probe.events', c, '@internal') FROM unnest(ARRAY['id', 'day', 'n']) AS c;
CREATE TABLE probe.events_1 PARTITION OF probe.events FOR VALUES FROM (1) TO (2);
SELECT kernel.enable_audit('probe.events_1');
CREATE TABLE probe.events_2 (LIKE probe.events INCLUDING ALL);
ALTER TABLE probe.events ATTACH PARTITION probe.events_2 FOR VALUES FROM (2) TO (3);
INSERT INTO probe.events VALUES (1, 1, 1), (2, 2, 2);
UPDATE probe.events SET n = 5;
SELECT throws_ok('UPDATE probe.events SET day = 2 WHERE id = 1', 'KR022', NULL, 'a move changes the key');
SELECT is((SELECT count(*) FROM kernel.check_audit_drift AS d WHERE d.level = 'WARN'), 4::bigint,
    'a partition that came later lacks triggers of its own');
SELECT kernel.audit_partition('probe.events_2');
SELECT is_empty('SELECT * FROM kernel.check_audit_drift', 'and gets them');
DELETE FROM probe.events_2;
SELECT throws_ok('TRUNCATE probe.events_2', 'KR023', NULL, 'nor is a partition truncated');
RESET ROLE;
SELECT results_eq(
    $$SELECT relation, operation, count(*) FROM kernel.audit_entries WHERE relation ~ 'events' GROUP BY 1, 2 ORDER BY 2$$,
    $$VALUES ('events', 'DELETE', 1::bigint), ('events', 'INSERT', 2), ('events', 'UPDATE', 2)$$,
    'partitions report under their root, whichever is named'
);
SET LOCAL ROLE strongroom_owner;
SELECT kernel.disable_audit('probe.events_2');
SELECT is((SELECT count(*) FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
        WHERE c.relnamespace = 'probe'::regnamespace AND c.relname ~ '^events'),
    0::bigint, 'disabling takes all triggers away');

CREATE TABLE probe.days (id integer, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
ALTER TABLE probe.days ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe.days FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON probe.days TO strongroom_owner USING (true) WITH CHECK (true);
SELECT pg_temp.tag('probe.days', c, '@internal') FROM unnest(ARRAY['id', 'at']) AS c;
SELECT kernel.enable_audit('probe.days');
INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead) VALUES ('probe.days', 'time', '1 month', 2);
SELECT cmp_ok(kernel.maintain_partitions(), '>=', 3::bigint, 'partitions are made for an audited table');
SELECT is_empty('SELECT * FROM kernel.check_audit_drift', 'with its triggers');
SET LOCAL timezone = 'Asia/Tokyo';
INSERT INTO probe.days VALUES (1, '2026-11-21 09:00+09');
SELECT is((SELECT e.key FROM kernel.audit_inbox AS e WHERE e.relation = 'days'), '["1", "2026-11-21T00:00:00"]',
    'a key with an instant is in UTC, wherever the session is');
SELECT is((SELECT count(*) FROM kernel.audit_changes('probe.days', '["1", "2026-11-21T00:00:00"]') AS c WHERE c.new = '{}'),
    0::bigint, 'and a row of nothing but a key has no values');
SELECT kernel.disable_audit('probe.days');

-- More columns than a function takes arguments.
SELECT lives_ok(
    (
        SELECT format('CREATE TABLE probe.wide (id integer PRIMARY KEY, %s)', string_agg(format('c%s integer, p%s text', n, n), ', '))
        FROM generate_series(1, 250) AS n
    ),
    'a wide table'
);
SELECT pg_temp.tag('probe.wide', 'id', '@internal');
SELECT count(pg_temp.tag('probe.wide', 'c' || n, '@internal')) FROM generate_series(1, 250) AS n;
SELECT kernel.enable_audit('probe.wide');
INSERT INTO probe.wide (id, c101, c250) VALUES (1, 101, 250);
UPDATE probe.wide SET c101 = 7, p250 = 'x';
RESET ROLE;
SELECT results_eq(
    $$SELECT c.old -> 'c101', c.old -> 'c250', c.new -> 'c101', c.changed FROM kernel.audit_changes('probe.wide') AS c OFFSET 1$$,
    $$VALUES ('101'::jsonb, '250'::jsonb, '7'::jsonb, ARRAY['c101', 'p250'])$$,
    'is audited like any other'
);
SET LOCAL ROLE strongroom_owner;
SELECT kernel.disable_audit('probe.wide');

-- Names that want to be something else.
CREATE TABLE "a""b;--"."%s %1$s $f$ audit_row"
(id integer PRIMARY KEY, audit_row text, "v_salt" text, tg_op text, "%L';--" text, audit_old text, "ünï""x" text);
SELECT pg_temp.tag('"a""b;--"."%s %1$s $f$ audit_row"', c, '@internal')
FROM unnest(ARRAY['id', 'v_salt', 'tg_op', '%L'';--']) AS c;
SELECT kernel.enable_audit('"a""b;--"."%s %1$s $f$ audit_row"');
INSERT INTO "a""b;--"."%s %1$s $f$ audit_row" VALUES (1, 'a', 'b', 'c', 'd', 'e', 'f');
UPDATE "a""b;--"."%s %1$s $f$ audit_row" SET "ünï""x" = 'F', tg_op = 'C';
RESET ROLE;
SELECT results_eq(
    $$SELECT operation, old, changed FROM kernel.audit_changes('"a""b;--"."%s %1$s $f$ audit_row"')$$,
    $$VALUES ('INSERT', NULL::jsonb, NULL::text[]),
        ('UPDATE', '{"v_salt": "b", "tg_op": "c", "%L'';--": "d"}', ARRAY['tg_op', 'ünï"x'])$$,
    'a column may be called what it likes'
);
SET LOCAL ROLE strongroom_owner;
SELECT kernel.disable_audit('"a""b;--"."%s %1$s $f$ audit_row"');
SELECT isnt(kernel.audit_function_name('a_b', 'c'), kernel.audit_function_name('a', 'b_c'), 'two tables, two functions');
SELECT isnt(kernel.audit_function_name('a__b', 'c'), kernel.audit_function_name('a', 'b__c'), 'whatever their names');

-- And back.
SELECT lives_ok($$SELECT kernel.disable_audit('probe.notes')$$, 'auditing ends');
SELECT lives_ok($$SELECT kernel.disable_audit('probe.notes')$$, 'once');
SELECT is((SELECT count(*) FROM pg_proc AS p WHERE p.proname ~ '^tg_audit_(probe|[0-9a-f]{32})'), 0::bigint,
    'and leaves no function');
SELECT lives_ok('TRUNCATE probe.notes', 'nothing is refused any longer');
SELECT kernel.enable_audit('probe.notes');
DROP TABLE probe.notes;
SELECT is((SELECT d.level FROM kernel.check_audit_drift AS d), 'INFO', 'a dropped table leaves a function, which is told');
RESET ROLE;

SET LOCAL ROLE strongroom_owner;
CREATE TABLE probe.rates (of text, rate numeric, note text, PRIMARY KEY (of, rate));
SELECT pg_temp.tag('probe.rates', c, '@internal') FROM unnest(ARRAY['of', 'rate', 'note']) AS c;
SELECT kernel.enable_audit('probe.rates');
INSERT INTO probe.rates VALUES ('x', 1.0);
SELECT throws_ok(
    'UPDATE probe.rates SET rate = 1.00', 'KR022', NULL, 'a key that is equal and written otherwise is another'
);
SELECT lives_ok($$UPDATE probe.rates SET rate = 1.0, of = 'x', note = 'y'$$, 'the very same is none');
CREATE TABLE probe.spans (id interval PRIMARY KEY, tags text);
SELECT pg_temp.tag('probe.spans', c, '@internal') FROM unnest(ARRAY['id', 'tags']) AS c;
SELECT kernel.enable_audit('probe.spans');
INSERT INTO probe.spans VALUES ('24 hours');
SELECT throws_ok(
    $$UPDATE probe.spans SET id = '1 day'$$, 'KR022', NULL, 'a day is not 24 hours to the log'
);
SELECT lives_ok($$UPDATE probe.spans SET id = '24:00', tags = '1'$$, 'as long, and written alike, it is');
SELECT kernel.disable_audit('probe.spans');
DROP TABLE probe.spans;
SELECT kernel.disable_audit('probe.rates');
DROP TABLE probe.rates;
CREATE TABLE probe.heirs_of (id integer PRIMARY KEY);
SELECT pg_temp.tag('probe.heirs_of', 'id', '@internal');
CREATE TABLE probe.heir () INHERITS (probe.heirs_of);
SELECT throws_ok(
    $$SELECT kernel.enable_audit('probe.heirs_of')$$, 'KR021', NULL, 'a table that others inherit from is refused'
);

-- What a type is stands in the function and in no list.
SET LOCAL ROLE strongroom_owner;
DROP FUNCTION kernel.tg_audit_probe__notes();
CREATE TABLE probe.shifts (id integer PRIMARY KEY, at timestamp, note text);
SELECT pg_temp.tag('probe.shifts', c, '@internal') FROM unnest(ARRAY['id', 'at', 'note']) AS c;
SELECT kernel.enable_audit('probe.shifts');
SELECT is_empty('SELECT d.detail FROM kernel.check_audit_drift AS d', 'a fresh table has no drift');
CREATE FUNCTION pg_temp.drift() RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(d.cache_key, ' ' ORDER BY d.cache_key) FROM kernel.check_audit_drift AS d);
GRANT EXECUTE ON FUNCTION pg_temp.drift() TO strongroom_runner, pg_monitor;
ALTER TABLE probe.shifts ALTER at TYPE timestamptz;
SELECT is(pg_temp.drift(), 'audit_drift:probe.shifts:function', 'a column of another type is told of');
SELECT kernel.enable_audit('probe.shifts');
SELECT is(pg_temp.drift(), NULL, 'and mended');
ALTER TABLE probe.shifts ALTER note TYPE interval USING NULL;
SELECT is(pg_temp.drift(), 'audit_drift:probe.shifts:function', 'one whose text depends on the session as well');
SELECT kernel.enable_audit('probe.shifts');
SELECT is(pg_temp.drift(), NULL, 'and mended, too');
CREATE OR REPLACE FUNCTION kernel.tg_audit_probe__shifts() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
SELECT is(pg_temp.drift(), 'audit_drift:probe.shifts:function', 'a function that somebody else wrote is');
SELECT kernel.enable_audit('probe.shifts');
SET LOCAL ROLE strongroom_runner;
SELECT is(pg_temp.drift(), NULL, 'the runner is told');
RESET ROLE;
SET LOCAL ROLE pg_monitor;
SELECT is(pg_temp.drift(), NULL, 'and monitoring');
SET LOCAL ROLE strongroom_owner;

-- Tables that come and go as partitions.
CREATE TABLE probe.years (y integer, id integer, PRIMARY KEY (y, id)) PARTITION BY RANGE (y);
SELECT pg_temp.tag('probe.years', c, '@internal') FROM unnest(ARRAY['y', 'id']) AS c;
CREATE TABLE probe.year_1 PARTITION OF probe.years FOR VALUES FROM (1) TO (2);
CREATE TABLE probe.year_2 PARTITION OF probe.years FOR VALUES FROM (2) TO (3);
SELECT kernel.enable_audit('probe.years');
ALTER TABLE probe.years DETACH PARTITION probe.year_1;
SELECT is(pg_temp.drift(), 'audit_drift:probe.year_1:detached', 'a table that was detached is logged as its table still');
SELECT is(
    (SELECT d.level || ' ' || d.remediation FROM kernel.check_audit_drift AS d),
    $$WARN SELECT kernel.disable_audit('probe.year_1');$$, 'which is told'
);
SELECT kernel.disable_audit('probe.year_1');
SELECT is(pg_temp.drift(), NULL, 'and mended by what is said');
SELECT is(
    (SELECT count(*) FROM pg_trigger AS t WHERE t.tgrelid = 'probe.years'::regclass AND t.tgname LIKE 't50%'), 5::bigint,
    'the table is audited as before'
);
ALTER TABLE probe.years DETACH PARTITION probe.year_2;
SELECT lives_ok($$SELECT kernel.disable_audit('probe.years')$$, 'auditing ends where partitions were detached');
SELECT is_empty(
    $$SELECT FROM pg_trigger AS t WHERE t.tgname LIKE 't50\_%' AND t.tgrelid = 'probe.year_2'::regclass$$,
    'of what was detached as well'
);
SELECT is(pg_temp.drift(), NULL, 'and nothing is left over');
CREATE TABLE probe.year_3 (LIKE probe.years INCLUDING ALL);
SELECT kernel.enable_audit('probe.years'), kernel.enable_audit('probe.year_3');
DROP TRIGGER t50_audit_key ON probe.year_3;
ALTER TABLE probe.years ATTACH PARTITION probe.year_3 FOR VALUES FROM (3) TO (4);
SELECT is(
    pg_temp.drift(),
    'audit_drift:probe.year_3:t50_audit_delete audit_drift:probe.year_3:t50_audit_insert'
    || ' audit_drift:probe.year_3:t50_audit_update',
    'a table that was audited by itself is told of as a partition'
);
SELECT kernel.enable_audit('probe.years');
SELECT is(pg_temp.drift(), 'audit_drift:kernel.tg_audit_probe__year_3:function', 'and mended but for its function');
SELECT kernel.disable_audit('probe.years');
DROP FUNCTION kernel.tg_audit_probe__year_3();
RESET ROLE;

SELECT throws_ok(format('SET LOCAL ROLE %I; SELECT kernel.%I(%L)', r.role, f.name, 'tarot.users'), '42501', NULL,
    format('%s may not %s', r.role, f.name))
FROM unnest(ARRAY['tarot_app', 'tarot_worker', 'strongroom_runner', 'strongroom_auditor', 'strongroom_login']) AS r (role)
CROSS JOIN unnest(ARRAY['enable_audit', 'disable_audit']) AS f (name);

-- What no batch could be sealed with.
RESET ROLE;
SET LOCAL ROLE strongroom_owner;
CREATE TABLE probe.loud (id bigint PRIMARY KEY, title text);
COMMENT ON COLUMN probe.loud.id IS E'A number.\n@internal';
COMMENT ON COLUMN probe.loud.title IS E'A title.\n@internal';
SELECT kernel.enable_audit('probe.loud');
SELECT set_config('kernel.actor', repeat('x', 1000), true), set_config('kernel.request_id', repeat('y', 1000), true);
INSERT INTO probe.loud VALUES (1, 'one');
UPDATE probe.loud SET title = 'two';
SELECT results_eq(
    $$SELECT i.operation, length(i.actor), length(i.request_id) FROM kernel.audit_inbox AS i
    WHERE i.relation = 'loud' ORDER BY i.id$$,
    $$VALUES ('INSERT', 200, 200), ('UPDATE', 200, 200)$$,
    'what the transaction says of itself is cut to a length that can be sealed'
);

-- Its text, with each character escaped, is longer than a string of JSON may be.
UPDATE probe.loud SET title = repeat(chr(1), 45000000);
UPDATE probe.loud SET title = 'three';
SELECT lives_ok('SELECT kernel.seal_audit()', 'a value of any length stops no seal');
SELECT results_eq(
    $$SELECT e.old FROM kernel.audit_entries AS e WHERE e.relation = 'loud' AND e.batch IS NOT NULL ORDER BY e.id$$,
    $$VALUES (NULL::jsonb), ('{"title": "one"}'), ('{"title": "two"}'), ('{"title": "(too long for the audit log)"}')$$,
    'and is told as too long'
);
SELECT is_empty('SELECT * FROM kernel.verify_audit()', 'what was sealed is verified');

-- Short as it is sent and as it is stored; its text has some 275 million digits.
CREATE TABLE probe.figures (id bigint PRIMARY KEY, doc jsonb, title text);
COMMENT ON COLUMN probe.figures.id IS E'A number.\n@internal';
COMMENT ON COLUMN probe.figures.doc IS E'Numbers.\n@internal';
COMMENT ON COLUMN probe.figures.title IS E'A title.\n@internal';
SELECT kernel.enable_audit('probe.figures');
INSERT INTO probe.figures
SELECT 1, ('[' || string_agg('1e131071', ',') || ']')::jsonb, 'one' FROM generate_series(1, 2100);
UPDATE probe.figures SET doc = '[]';
SELECT lives_ok('SELECT kernel.seal_audit()', 'numbers of many digits stop no seal');
SELECT results_eq(
    $$SELECT e.old ->> 'title', e.old ->> 'doc' FROM kernel.audit_entries AS e
    WHERE e.relation = 'figures' AND e.operation = 'UPDATE' AND e.batch IS NOT NULL$$,
    $$VALUES ('one', '(too long for the audit log)')$$,
    'and they alone are told as too long'
);
SELECT is_empty('SELECT * FROM kernel.verify_audit()', 'this is verified as well');

SELECT is_empty(
    $$SELECT p.proname FROM pg_proc AS p
    WHERE obj_description(p.oid, 'pg_proc') ~ '@audit '
      AND NOT p.proconfig @> ARRAY['plan_cache_mode=force_generic_plan', 'jit=off']$$,
    'a statement of many rows makes no later one plan anew, or compile'
);

SELECT * FROM finish();
ROLLBACK;
