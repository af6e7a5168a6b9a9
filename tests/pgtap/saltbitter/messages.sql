-- What matched people write to each other, and nobody else to anybody.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

SELECT results_eq(
    $$
    SELECT
        a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid) COLLATE "default"
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'saltbitter.messages'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('match_id', 'uuid', true, NULL),
        ('id', 'uuid', true, NULL),
        ('from_user_id', 'uuid', true, NULL),
        ('to_user_id', 'uuid', true, NULL),
        ('content', 'kernel.sealed', true, NULL),
        ('read_at', 'timestamp with time zone', false, NULL),
        ('sent_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[S-14] [S-14.1..S-14.6] [S-F15] [S-40] messages has its columns, what is written sealed'
);
SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'saltbitter' AND tablename = 'messages' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE INDEX messages_from_user_id_idx ON saltbitter.messages USING btree (from_user_id, sent_at)'),
        ('CREATE UNIQUE INDEX messages_pkey ON saltbitter.messages USING btree (match_id, id)'),
        ('CREATE INDEX messages_sent_at_idx ON saltbitter.messages USING btree (sent_at)'),
        ('CREATE INDEX messages_to_user_id_idx ON saltbitter.messages USING btree (to_user_id, sent_at)'),
        ('CREATE INDEX messages_unread_idx ON saltbitter.messages USING btree (to_user_id, match_id) WHERE '
            '(read_at IS NULL)')
    $$,
    '[S-14.7..S-14.9] [S-F14] messages is found by conversation, by person, by age and where it is unread'
);

\ir _people.sql
SELECT pg_temp.profile(n, 'man', 'man', 48.21, 16.37) FROM generate_series(1, 3) AS n;

CREATE FUNCTION pg_temp.envelope(p_key text) RETURNS bytea LANGUAGE sql AS
$$ SELECT '\x01'::bytea || int8send(current_setting(p_key)::bigint) || decode(repeat('ab', 44), 'hex') $$;
CREATE FUNCTION pg_temp.send(p_from integer, p_match text, p_id integer, p_key text DEFAULT 'test.key') RETURNS void
LANGUAGE sql AS $$
INSERT INTO saltbitter.messages (match_id, id, from_user_id, content)
VALUES (
    p_match::uuid, format('01900000-0000-7000-8000-%s', lpad(p_id::text, 12, '0'))::uuid, pg_temp.id(p_from),
    pg_temp.envelope(p_key)
)
$$;

-- The app's own key, which both sides have; and one of person 1.
SET LOCAL ROLE strongroom_runner;
SELECT kernel.register_encryption_key('saltbitter.messages.1', 'seal', substring(sha256('1') FOR 16));
RESET ROLE;
SELECT set_config('kernel.app', 'saltbitter', true), set_config('kernel.user_id', pg_temp.id(1)::text, true);
SET LOCAL ROLE saltbitter_app;
SELECT set_config(
    'test.key', (kernel.give_data_key('messages', NULL, 'saltbitter.messages.1', decode(repeat('01', 60), 'hex'))).id::text, true
);
SELECT set_config(
    'test.own', (kernel.give_data_key('messages', pg_temp.id(1)::text, 'saltbitter.messages.1', decode(repeat('02', 60), 'hex'))).id::text, true
);
SELECT saltbitter.decide(pg_temp.id(2), 'liked');
RESET ROLE;
SELECT set_config('test.match', (SELECT id::text FROM saltbitter.matches), true);
SET LOCAL ROLE saltbitter_app;
SELECT throws_ok(
    $$ SELECT pg_temp.send(1, current_setting('test.match'), 1) $$, 'SB012', NULL,
    '[S-31] a like is not enough to write'
);
SELECT set_config('kernel.user_id', pg_temp.id(2)::text, true);
SELECT saltbitter.decide(pg_temp.id(1), 'liked');

SELECT lives_ok(
    $$ SELECT pg_temp.send(2, current_setting('test.match'), 1) $$, '[S-31] [S-40] matched people write to each other'
);
SELECT results_eq(
    'SELECT m.to_user_id, m.sent_at, m.read_at FROM saltbitter.messages AS m',
    $$ VALUES (pg_temp.id(1), now(), NULL::timestamptz) $$, '[S-14.3] a message goes to the other one of the pair'
);
SELECT throws_ok(
    $$ SELECT pg_temp.send(1, current_setting('test.match'), 2) $$, '42501', NULL, '[S-F29] nobody writes for another'
);
SELECT throws_ok(
    $$ SELECT pg_temp.send(2, current_setting('test.match'), 2, 'test.own') $$, 'KR080', NULL,
    '[S-40] nor under a person''s key, which the other could not open by'
);
SELECT throws_ok(
    $$ INSERT INTO saltbitter.messages (match_id, id, from_user_id, content)
       VALUES (current_setting('test.match')::uuid, pg_temp.id(2), pg_temp.id(2), 'in clear') $$,
    '23514', NULL, '[S-40] [S-F15] nor in clear'
);
SELECT throws_ok(
    $$ SELECT pg_temp.send(2, pg_temp.id(77)::text, 2) $$, 'SB012', NULL, '[S-F14] a message has a match'
);
SELECT throws_ok(
    $$ INSERT INTO saltbitter.messages (match_id, id, from_user_id, to_user_id, content)
       VALUES (current_setting('test.match')::uuid, pg_temp.id(2), pg_temp.id(2), pg_temp.id(3), pg_temp.envelope('test.key')) $$,
    '42501', NULL, '[S-F14] nobody says to whom it goes'
);
SELECT throws_ok(
    $$ UPDATE saltbitter.messages SET content = pg_temp.envelope('test.key') $$, '42501', NULL, 'what was sent is sent'
);
SELECT is_empty(
    'UPDATE saltbitter.messages SET read_at = now() RETURNING id', '[S-32] who wrote it does not say that it was read'
);

SELECT set_config('kernel.user_id', pg_temp.id(3)::text, true);
SELECT is_empty('SELECT * FROM saltbitter.messages', '[S-F29] a third person reads nothing');
SELECT throws_ok(
    $$ SELECT pg_temp.send(3, current_setting('test.match'), 3) $$, 'SB012', NULL, '[S-31] and does not join in'
);

SELECT set_config('kernel.user_id', pg_temp.id(1)::text, true);
SELECT is((SELECT count(*) FROM saltbitter.messages), 1::bigint, '[S-F29] both read it');
SELECT is(
    (SELECT count(*) FROM saltbitter.messages WHERE to_user_id = kernel.user_uuid() AND read_at IS NULL), 1::bigint,
    '[S-32] one waits unread'
);
SELECT throws_matching(
    $$ UPDATE saltbitter.messages SET read_at = sent_at - interval '1 second' $$, 'messages_read_at_check',
    '[S-F14] it is not read before it was sent'
);
SELECT throws_matching(
    format($$ UPDATE saltbitter.messages SET read_at = %L $$, late), 'messages_read_at_check',
    '[S-F14] nor at a moment that stops a list: ' || late
)
FROM (VALUES ('infinity'), ('20000-01-01'), ('9999-01-01 00:00+00')) AS wrong (late);
SELECT isnt_empty(
    'UPDATE saltbitter.messages SET read_at = now() RETURNING id', '[S-32] [S-14.5] who gets it says that it was read'
);
SELECT lives_ok($$ SELECT pg_temp.send(1, current_setting('test.match'), 4) $$, '[S-31] and answers');
SELECT throws_ok(
    format(
        $$ INSERT INTO saltbitter.messages (match_id, id, from_user_id, content)
        VALUES (current_setting('test.match')::uuid, %L, pg_temp.id(1), pg_temp.envelope('test.key')) $$, wrong.id
    ),
    wrong.sqlstate, NULL, '[S-32] no message is out of order: ' || wrong.what
)
FROM (VALUES
    (gen_random_uuid(), 'SB014', 'its id is random'), ('01900000-0000-8000-8000-000000000009', 'SB014', 'or of another version'),
    ('0f900000-0000-7000-8000-000000000009', 'KR140', 'it is of a time to come')
) AS wrong (id, sqlstate, what);
SELECT saltbitter.unmatch(current_setting('test.match')::uuid);
SELECT throws_ok(
    $$ SELECT pg_temp.send(1, current_setting('test.match'), 5) $$, 'SB012', NULL, '[S-31] who parted writes no more'
);
SELECT is((SELECT count(*) FROM saltbitter.messages), 2::bigint, 'and keeps what was written');

RESET ROLE;
SELECT throws_ok(
    $$ INSERT INTO saltbitter.messages (match_id, id, from_user_id, content)
       VALUES (current_setting('test.match')::uuid, pg_temp.id(9), pg_temp.id(1), pg_temp.envelope('test.key')) $$,
    'SB012', NULL, '[S-31] an administrator writes no message either'
);
SELECT is(
    (SELECT r.keep_for FROM kernel.retention_policy AS r WHERE r.relation = 'saltbitter.messages'::regclass),
    interval '2 years', '[X-5] messages are kept two years'
);
DELETE FROM saltbitter.matches;
SELECT is_empty('SELECT FROM saltbitter.messages', '[S-04] [S-36] messages go with the pair');

SELECT * FROM finish();
ROLLBACK;
