-- People who have all that another has: what one does leaves the others' as it is.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

\ir ../kernel/_changes.sql
\ir _people.sql
SELECT pg_temp.profile(n, 'woman', 'everyone', 48.2, 16.4) FROM generate_series(1, 4) AS n;
SELECT pg_temp.consent(n, 'attachment_assessment') FROM generate_series(1, 4) AS n;
INSERT INTO saltbitter.attachment_assessments (
    user_id, id, anxiety_score, avoidance_score, style, assessment_version, total_questions
)
SELECT pg_temp.id(n), pg_temp.id(100), 1, 2, 'secure', 'ecr-r/2', 36 FROM generate_series(1, 4) AS n;
INSERT INTO saltbitter.ai_types (ai_type, description) VALUES ('type_111', 'One.'), ('type_112', 'Another.');
INSERT INTO saltbitter.ai_interactions (user_id, id, ai_type, disclosure_shown_at)
SELECT pg_temp.id(n), pg_temp.id(i), 'type_' || i, now() FROM generate_series(1, 4) AS n, generate_series(111, 112) AS i;
INSERT INTO saltbitter.payments (user_id, id, type, amount, stripe_payment_id, status)
SELECT pg_temp.id(n), pg_temp.id(i), 'event_ticket', 10, format('pi_%s_%s', n, i), CASE n WHEN 4 THEN 'pending' ELSE 'succeeded' END
FROM generate_series(1, 4) AS n, generate_series(121, 122) AS i;
INSERT INTO saltbitter.payments (user_id, id, type, amount, stripe_payment_id, status, refunds_id)
SELECT pg_temp.id(2), pg_temp.id(123), 'refund', 9, 're_2', 'succeeded', pg_temp.id(121);
INSERT INTO saltbitter.events (id, title, type, start_time, end_time, capacity, price, video_url)
SELECT pg_temp.id(n), 'Talk', 'ama', now() + interval '1 day', now() + interval '2 days', 9, 10, 'https://x.org/' || n
FROM generate_series(131, 133) AS n;
INSERT INTO saltbitter.event_registrations (user_id, id, event_id, payment_id)
SELECT pg_temp.id(n), pg_temp.id(e + 10), pg_temp.id(e), pg_temp.id(e - 10)
FROM generate_series(1, 2) AS n, generate_series(131, 132) AS e;

CREATE FUNCTION pg_temp.app(p_n integer, p_call text) RETURNS text[] LANGUAGE sql
AS $$ SELECT pg_temp.changes('saltbitter', 'saltbitter_app', pg_temp.id(p_n)::text, p_call) $$;
CREATE FUNCTION pg_temp.worker(p_call text) RETURNS text[] LANGUAGE sql
AS $$ SELECT pg_temp.changes('saltbitter', 'saltbitter_worker', '', p_call) $$;

SELECT is(
    pg_temp.app(1, $$ SELECT saltbitter.change_password('$2b$12$' || repeat('a', 53), '$2b$12$' || repeat('b', 53)) $$),
    '{~users 1}', '[S-39] one password is changed, if others are the same or not'
);
SELECT throws_ok(
    $$ SELECT saltbitter.change_password('$2b$12$' || repeat('a', 53), '$2b$12$' || repeat('c', 53)) $$, 'SB013', NULL,
    '[S-39] and not by who does not know it'
);
SELECT is(
    pg_temp.app(1, $$ SELECT saltbitter.set_location(47, 15) $$), '{~profiles 1,~users 1}', '[S-F16] one is somewhere else'
);
SELECT is(pg_temp.app(1, $$ SELECT saltbitter.set_location(47, 15) $$), '{}', 'where one is already');
SELECT is(pg_temp.app(1, $$ SELECT saltbitter.set_location(46, 15) $$), '{}', '[S-F16] and not elsewhere at once');
UPDATE saltbitter.users SET moved_at = now() - interval '15 minutes' WHERE id = pg_temp.id(1);
SELECT is(
    pg_temp.app(1, $$ SELECT saltbitter.set_location(46, 15) $$), '{~profiles 1,~users 1}', '[S-F16] but in a quarter of an hour'
);
SELECT is(pg_temp.app(1, $$ SELECT saltbitter.clear_location() $$), '{~profiles 1}', '[S-F16] and nowhere when one wants');

-- Decisions and matches.
SELECT is(
    pg_temp.app(1, $$ SELECT saltbitter.decide(pg_temp.id(2), 'liked') $$), '{+decisions 1/2,+matches}', '[S-F3] one decides'
);
SELECT is(
    pg_temp.app(3, $$ SELECT saltbitter.decide(pg_temp.id(2), 'liked') $$), '{+decisions 3/2,+matches}', '[S-F3] another does'
);
SELECT is(
    pg_temp.app(2, $$ SELECT saltbitter.decide(pg_temp.id(1), 'liked') $$), '{+decisions 2/1,~matches}', '[S-F3] a pair matches'
);
SELECT set_config('kernel.user_id', pg_temp.id(3)::text, true);
SELECT is((saltbitter.decide(pg_temp.id(1), 'liked')).match_id, NULL, '[S-F3] and is no match of others');
SELECT is_empty(
    format('SELECT * FROM saltbitter.matched_profile(%L)', m.id), '[S-F29] whose profiles they don''t see by it'
)
FROM saltbitter.matches AS m WHERE m.status = 'matched';
SELECT set_config('kernel.user_id', pg_temp.id(1)::text, true);
SELECT saltbitter.decide(pg_temp.id(3), 'liked');
SELECT results_eq(
    format('SELECT p.user_id FROM saltbitter.matched_profile(%L) AS p', m.id), 'SELECT pg_temp.id(3)',
    '[S-22] of two matches each shows its own'
)
FROM saltbitter.matches AS m WHERE m.user_b_id = pg_temp.id(3) AND m.status = 'matched';
SELECT is((saltbitter.decide(pg_temp.id(4), 'liked')).match_id, NULL, '[S-F3] a like is no match of one''s own others');
SELECT set_config('kernel.user_id', pg_temp.id(3)::text, true);
SELECT is((saltbitter.decide(pg_temp.id(2), 'liked')).match_id, NULL, '[S-F3] for neither of a pair');
SELECT is(
    pg_temp.app(1, format('SELECT saltbitter.unmatch(%L)', m.id)), '{~matches}', '[S-13.5] and one of them is left'
)
FROM saltbitter.matches AS m WHERE m.user_b_id = pg_temp.id(3) AND m.status = 'matched';

-- AI and consent.
SELECT is(
    pg_temp.app(1, 'SELECT saltbitter.consent_to_ai(pg_temp.id(111))'), '{~ai_interactions 1/111,+compliance_logs 1}',
    '[S-37] one use is agreed to'
);
SELECT is(
    pg_temp.app(2, 'SELECT saltbitter.set_ai_opt_out(true)'), '{+ai_opt_outs 2,+compliance_logs 2}', '[S-38] one opts out'
);
SELECT is(
    pg_temp.app(1, 'SELECT saltbitter.consent_to_ai(pg_temp.id(112))'), '{~ai_interactions 1/112,+compliance_logs 1}',
    '[S-38] which binds nobody else'
);
SELECT results_eq(
    'SELECT c.details FROM saltbitter.compliance_logs AS c WHERE c.user_id = pg_temp.id(1) ORDER BY c.id',
    $$ VALUES ('{"ai_type": "type_111"}'::jsonb), ('{"ai_type": "type_112"}') $$, '[S-37] to what it was shown for'
);
SELECT is(
    pg_temp.app(2, 'SELECT saltbitter.set_ai_opt_out(false)'), '{-ai_opt_outs 2,+compliance_logs 2}', '[S-38] and opts in again'
);
SELECT is(pg_temp.app(2, 'SELECT saltbitter.set_ai_opt_out(false)'), '{}', 'once');
SELECT is(
    pg_temp.app(1, $$ SELECT saltbitter.withdraw_consent('attachment_assessment', 'menu') $$),
    '{-attachment_assessments 1/100}', '[S-34] one assessment is forgotten'
);
SELECT is(
    pg_temp.app(1, $$ SELECT saltbitter.withdraw_consent('orientation', 'menu') $$), '{~profiles 1}', '[S-34] one wish'
);

-- Money and seats.
SELECT is(
    pg_temp.worker($$ SELECT saltbitter.settle_payment('e1', 'pi_4_121', 'succeeded', 10, 'USD') $$),
    '{~payments 4/121,+webhook_events}', '[S-19.7] one payment succeeds'
);
SELECT is(
    pg_temp.worker($$ SELECT saltbitter.refund_payment('e2', 'pi_1_121', 're_1', 4) $$),
    '{+payments 1,+webhook_events}', '[S-F20] a part of one is paid back, whatever was paid back of others'
);
SELECT throws_ok(
    $$ SELECT saltbitter.refund_payment('e4', 'pi_3_121', 're_1', 4) $$, '23505', NULL,
    '[S-F19] a refund of one payment is none of another'
);
SELECT is(
    pg_temp.worker($$ SELECT saltbitter.settle_payment('e5', 'pi_4_122', 'failed', NULL, NULL) $$),
    '{~payments 4/122,+webhook_events}', '[S-19.7] one fails, of which nothing was taken'
);
SELECT is(
    pg_temp.worker($$ SELECT saltbitter.refund_payment('e3', 'pi_1_121', 're_3', 6) $$),
    '{~event_registrations 1/141,~events 131,+payments 1,~payments 1/121,+webhook_events}',
    '[S-30] and all of it, with the seat that it paid for'
);
SELECT is(
    pg_temp.app(2, $$ SELECT saltbitter.cancel_registration(pg_temp.id(131)) $$),
    '{~event_registrations 2/141,~events 131}', '[S-21.4] of two seats one is given back'
);
SELECT is(
    pg_temp.app(1, $$ SELECT saltbitter.cancel_registration(pg_temp.id(132)) $$),
    '{~event_registrations 1/142,~events 132}', '[S-21.4] one seat is given back'
);
SELECT is(
    pg_temp.app(1, $$ SELECT saltbitter.register_for_event(pg_temp.id(132), pg_temp.id(122)) $$),
    '{~event_registrations 1/142,~events 132}', '[S-F17] and taken again'
);
SELECT is(
    pg_temp.app(1, $$ SELECT saltbitter.register_for_event(pg_temp.id(132)) $$), '{}', '[S-F17] once'
);
SELECT is(
    pg_temp.app(4, $$ SELECT saltbitter.register_for_event(pg_temp.id(132), pg_temp.id(121)) $$),
    '{+event_registrations 4,~events 132}', '[S-30] another one who paid comes'
);
SELECT set_config('kernel.user_id', pg_temp.id(1)::text, true);
SELECT is(saltbitter.event_link(pg_temp.id(132)), 'https://x.org/132', '[S-20.10] each event has its link');
UPDATE saltbitter.events SET start_time = now() WHERE id = pg_temp.id(132);
SELECT is(
    saltbitter.cancel_registration(pg_temp.id(132)), false, '[S-21.4] when an event has begun no seat is given back'
);
SELECT set_config('kernel.user_id', pg_temp.id(3)::text, true);
SELECT throws_ok(
    'SELECT saltbitter.register_for_event(pg_temp.id(132), pg_temp.id(121))', 'SB041', NULL, '[S-20.5] nor taken'
);

-- Subscriptions.
SELECT is(
    pg_temp.worker(
        format(
            $$ SELECT saltbitter.set_subscription('s%s', pg_temp.id(%s), 'elite', %L, 'sub_%s', NULL, now() - interval '1 day',
            now() + %L, now() - interval '1 hour') $$, told.n, told.n, told.status, told.n, told.left
        )
    ),
    told.changed, '[S-18] one subscription is told of'
)
FROM (
    VALUES
        (1, 'past_due', '-1 hours', '{+subscriptions 1,~users 1,+webhook_events}'::text[]),
        (2, 'canceled', '1 hours', '{+subscriptions 2,~users 2,+webhook_events}'),
        (3, 'canceled', '0 hours', '{+subscriptions 3,+webhook_events}')
) AS told (n, status, "left", changed);
SELECT is(
    pg_temp.worker($$
    SELECT saltbitter.set_subscription(
        's4', pg_temp.id(1), 'premium', 'active', 'sub_4', NULL, now() - interval '1 day', now() + interval '1 day', now()
    ) $$),
    '{~subscriptions 1,~users 1,+webhook_events}', '[S-27] another subscription that runs takes the place of the one before'
);
SELECT is(
    pg_temp.changes('saltbitter', 'strongroom_runner', '', 'SELECT saltbitter.expire_subscriptions()'), '{~subscriptions 3}',
    '[S-18.8] ended is what was canceled and is over, and not what is owed for'
);

SELECT * FROM finish();
ROLLBACK;
