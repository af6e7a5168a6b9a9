-- Who comes to what: one seat a person, no more seats than there are.
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
    WHERE a.attrelid = 'saltbitter.event_registrations'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'kernel.uuid_v7()'),
        ('event_id', 'uuid', true, NULL),
        ('status', 'text', true, '''registered''::text'),
        ('payment_id', 'uuid', false, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[S-21] [S-21.1..S-21.7] event_registrations has its columns'
);
SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'saltbitter' AND tablename = 'event_registrations' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE UNIQUE INDEX event_registrations_event_id_user_id_key ON saltbitter.event_registrations '
            'USING btree (event_id, user_id)'),
        ('CREATE UNIQUE INDEX event_registrations_payment_id_key ON saltbitter.event_registrations USING '
            'btree (user_id, payment_id) WHERE (payment_id IS NOT NULL)'),
        ('CREATE UNIQUE INDEX event_registrations_pkey ON saltbitter.event_registrations USING btree '
            '(user_id, id)')
    $$,
    '[S-21.8, S-21.9] [S-F17] event_registrations is unique by event and person, and by payment'
);

\ir _people.sql
SELECT pg_temp.person(n) FROM generate_series(1, 4) AS n;
INSERT INTO saltbitter.events (id, title, type, start_time, end_time, capacity, price, video_url)
VALUES
    (pg_temp.id(101), 'Free', 'ama', now() + interval '1 day', now() + interval '2 days', 2, 0, 'https://x.org/1'),
    (pg_temp.id(102), 'Paid', 'ama', now() + interval '1 day', now() + interval '2 days', 9, 12.50, 'https://x.org/2'),
    (pg_temp.id(103), 'Past', 'ama', now() - interval '1 day', now() + interval '2 days', 9, 0, 'https://x.org/3'),
    (pg_temp.id(104), 'Empty', 'ama', now() + interval '1 day', now() + interval '2 days', 9, 0, NULL);
CREATE FUNCTION pg_temp.act(p_n integer) RETURNS text LANGUAGE sql AS
$$ SELECT set_config('kernel.user_id', pg_temp.id(p_n)::text, true) $$;
SELECT set_config('kernel.app', 'saltbitter', true), pg_temp.act(1);
SET LOCAL ROLE saltbitter_app;
SELECT is((saltbitter.register_for_event(pg_temp.id(101))).status, 'registered', '[S-21.4] a person takes a seat');
SELECT is(
    (saltbitter.register_for_event(pg_temp.id(101))).id, (SELECT id FROM saltbitter.event_registrations),
    '[S-F17] and no second one'
);
SELECT is(saltbitter.event_link(pg_temp.id(101)), 'https://x.org/1', '[S-20.10] and learns where it is held');
SELECT is(saltbitter.event_link(pg_temp.id(102)), NULL, '[S-20.10] but not of others');
SELECT throws_ok(
    format('SELECT saltbitter.register_for_event(%L)', wrong.id), wrong.code, NULL, 'no seat at ' || wrong.what
)
FROM (
    VALUES (pg_temp.id(999), 'SB040', 'what is not'), (pg_temp.id(103), 'SB041', 'what has begun'), (NULL, 'SB040', 'nothing')
) AS wrong (id, code, what);
SELECT pg_temp.act(2);
SELECT is_empty('SELECT * FROM saltbitter.event_registrations', '[S-F29] nobody sees who else comes');
SELECT saltbitter.register_for_event(pg_temp.id(101));
SELECT pg_temp.act(3);
SELECT throws_ok(
    'SELECT saltbitter.register_for_event(pg_temp.id(101))', 'SB042', NULL, '[S-29] [S-F18] when it is full it is full'
);
RESET ROLE;
SELECT throws_matching(
    $$ INSERT INTO saltbitter.event_registrations (user_id, event_id) VALUES (pg_temp.id(3), pg_temp.id(101)) $$,
    'events_seats_check', '[S-29] [S-F18] for an administrator, too'
);
SELECT throws_matching(
    $$ UPDATE saltbitter.events SET capacity = 1 WHERE id = pg_temp.id(101) $$, 'events_seats_check',
    '[S-20.7] and no seat is taken from under somebody'
);
SET LOCAL ROLE saltbitter_app;
SELECT pg_temp.act(1);
SELECT is(saltbitter.cancel_registration(pg_temp.id(101)), true, '[S-21.4] who does not come gives the seat back');
SELECT is(saltbitter.cancel_registration(pg_temp.id(101)), false, 'once');
SELECT is(saltbitter.event_link(pg_temp.id(101)), NULL, 'and has no link any more');
SELECT pg_temp.act(3);
SELECT lives_ok('SELECT saltbitter.register_for_event(pg_temp.id(101))', '[S-29] so another one comes');
SELECT pg_temp.act(1);
SELECT throws_ok('SELECT saltbitter.register_for_event(pg_temp.id(101))', 'SB042', NULL, '[S-F18] who gave it back has to wait');
SELECT is((SELECT seats_taken FROM saltbitter.events WHERE id = pg_temp.id(101)), 2, '[S-F18] two seats, two people');

-- Paid seats.
SELECT throws_ok('SELECT saltbitter.register_for_event(pg_temp.id(102))', 'SB043', NULL, '[S-30] a paid event is paid');
SELECT set_config('test.paid', (saltbitter.start_payment('event_ticket', 12.50, 'pi_1')).id::text, true);
SELECT set_config('test.cheap', (saltbitter.start_payment('event_ticket', 12.49, 'pi_2')).id::text, true);
SELECT set_config('test.boost', (saltbitter.start_payment('profile_boost', 50, 'pi_3')).id::text, true);
SELECT set_config('test.euro', (saltbitter.start_payment('event_ticket', 12.50, 'pi_4', NULL, 'EUR')).id::text, true);
SELECT throws_ok(
    $$ SELECT saltbitter.register_for_event(pg_temp.id(102), current_setting('test.paid')::uuid) $$, 'SB043', NULL,
    '[S-30] when it has succeeded'
);
SET LOCAL ROLE saltbitter_worker;
SELECT saltbitter.settle_payment('e' || n, 'pi_' || n, 'succeeded', paid.amount, paid.currency)
FROM (VALUES (1, 12.50, 'USD'), (2, 12.49, 'USD'), (3, 50, 'USD'), (4, 12.50, 'EUR')) AS paid (n, amount, currency);
SET LOCAL ROLE saltbitter_app;
SELECT throws_ok(
    format('SELECT saltbitter.register_for_event(pg_temp.id(102), %L)', current_setting('test.' || wrong.name)), 'SB043', NULL,
    '[S-30] and not by ' || wrong.what
)
FROM (VALUES ('cheap', 'less'), ('boost', 'what was for something else'), ('euro', 'another currency')) AS wrong (name, what);
SELECT throws_ok(
    $$ SELECT saltbitter.register_for_event(pg_temp.id(104), current_setting('test.paid')::uuid) $$, 'SB043', NULL,
    '[S-30] nor is a free one paid'
);
SELECT pg_temp.act(2);
SELECT throws_ok(
    $$ SELECT saltbitter.register_for_event(pg_temp.id(102), current_setting('test.paid')::uuid) $$, 'SB043', NULL,
    '[S-30] another person''s payment pays for nobody else'
);
SELECT pg_temp.act(1);
SELECT lives_ok(
    $$ SELECT saltbitter.register_for_event(pg_temp.id(102), current_setting('test.paid')::uuid) $$,
    '[S-30] [S-21.5] who paid comes'
);
RESET ROLE;
SELECT throws_matching(
    format(
        $$ UPDATE saltbitter.event_registrations SET payment_id = %L WHERE user_id = pg_temp.id(2) $$,
        current_setting('test.paid')
    ),
    'event_registrations_payment_id_fkey', '[S-30] a row can''t name another person''s payment'
);
SELECT throws_matching(
    format(
        $$ UPDATE saltbitter.event_registrations SET payment_id = %L WHERE user_id = pg_temp.id(1) $$,
        current_setting('test.paid')
    ),
    'event_registrations_payment_id_key', '[S-22] [S-F17] a payment pays for one seat'
);
SET LOCAL ROLE saltbitter_worker;
SELECT lives_ok(
    $$ UPDATE saltbitter.event_registrations SET status = 'no_show' WHERE user_id = pg_temp.id(2) $$,
    '[S-21.4] staff note who did not come'
);
SELECT throws_ok(
    $$ UPDATE saltbitter.event_registrations SET status = 'cancelled' $$, '23514', NULL, '[S-21.4] [S-F12] [S-F13] in four words'
);
SELECT is((SELECT seats_taken FROM saltbitter.events WHERE id = pg_temp.id(101)), 2, 'whose seat stays taken');
SELECT saltbitter.refund_payment('r0', 'pi_1', 're_0', 0.01);
SET LOCAL ROLE saltbitter_app;
SELECT is(saltbitter.cancel_registration(pg_temp.id(102)), true, 'who gives a paid seat back, and gets a part of the money');
SELECT throws_ok(
    $$ SELECT saltbitter.register_for_event(pg_temp.id(102), current_setting('test.paid')::uuid) $$, 'SB043', NULL,
    '[S-30] does not come for the rest'
);
SET LOCAL ROLE saltbitter_worker;
SELECT lives_ok(
    $$ UPDATE saltbitter.event_registrations SET status = 'registered' WHERE event_id = pg_temp.id(102) $$, 'unless staff let one'
);
SELECT saltbitter.refund_payment('r1', 'pi_1', 're_1', 12.49);
SELECT results_eq(
    $$
    SELECT r.status, e.seats_taken
    FROM saltbitter.event_registrations AS r
    JOIN saltbitter.events AS e ON e.id = r.event_id
    WHERE e.id = pg_temp.id(102)
    $$,
    $$ VALUES ('canceled', 0) $$, '[S-30] who gets all of it back has no seat'
);
RESET ROLE;
UPDATE saltbitter.event_registrations SET updated_at = '2020-01-01';
SELECT is(max(updated_at), now(), '[S-21.7] [S-F24] updated_at is kept by the database') FROM saltbitter.event_registrations;
DELETE FROM saltbitter.event_registrations WHERE user_id = pg_temp.id(3);
SELECT is((SELECT seats_taken FROM saltbitter.events WHERE id = pg_temp.id(101)), 1, 'a row that goes gives its seat back');

SELECT * FROM finish();
ROLLBACK;
