-- Who has been away for too long goes to review, and is seen until they are erased.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();
\ir _columns.sql

INSERT INTO astroloh.users (id, data_retention_days, last_accessed)
SELECT ('a0000000-0000-4000-8000-00000000000' || made.n)::uuid, made.days, now() - make_interval(days => made.away)
FROM (VALUES (1, 30, 32), (2, 30, 40), (3, 365, 40), (4, 30, 29), (5, 30, 30)) AS made (n, days, away);
SELECT pg_temp.agree_all();
SELECT kernel.withdraw_consents('astroloh', 'a0000000-0000-4000-8000-000000000002', 'letter');
UPDATE astroloh.users SET data_consent = false WHERE id = 'a0000000-0000-4000-8000-000000000002';
CREATE FUNCTION pg_temp.numbers(p_state text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(right(r.subject, 1), ',' ORDER BY r.subject)
    FROM kernel.subject_request AS r WHERE r.app = 'astroloh' AND r.kind = 'erasure' AND r.origin = 'retention' AND r.state = p_state
$$;
SET LOCAL ROLE strongroom_runner;
SELECT is(astroloh.enforce_data_retention(), 2, '[A-25] who was away for longer than they wanted goes to review, with consent or without');
SELECT is(astroloh.enforce_data_retention(), 0, '[A-25] once');
SELECT is(astroloh.tend_people(), 0::bigint, '[A-25] the job finds nobody more');
RESET ROLE;
SELECT is(pg_temp.numbers('verified'), '1,2', '[A-26] [A-F8] each has an erasure that waits for approval');
SELECT results_eq(
    $$ SELECT right(u.id::text, 1)::int, u.data_consent FROM astroloh.users AS u ORDER BY 1 $$,
    $$ VALUES (1, false), (2, false), (3, true), (4, true), (5, true) $$,
    '[A-25] and is not processed meanwhile; [A-48] each person has a period of their own'
);
SELECT results_eq(
    $$
    SELECT right(e.subject, 1)::int, e.granted, e.actor FROM kernel.consent_event AS e
    WHERE e.app = 'astroloh' AND e.method = 'retention'
    $$,
    $$ VALUES (1, false, 'strongroom_runner') $$,
    '[A-F10] the ledger tells that not the person withdrew the consent, but the rules'
);
SELECT results_eq(
    $$ SELECT l.description, l.success, l.user_id FROM astroloh.security_logs AS l WHERE l.event_type = 'data_retention' $$,
    $$ VALUES ('2 people whose time was over went to review', true, NULL::uuid) $$,
    '[A-25] [A-F14] the security log says how many'
);
SET LOCAL ROLE strongroom_runner;
SELECT kernel.refuse_request(r.id, 'asked to stay') FROM kernel.subject_request AS r WHERE right(r.subject, 1) = '2';
SELECT is(astroloh.enforce_data_retention(), 0, '[A-26] whom staff keeps is not asked about every day');
SELECT lives_ok(
    $$ SELECT kernel.approve_request(r.id) FROM kernel.subject_request AS r WHERE right(r.subject, 1) = '1' $$,
    '[A-26] [A-F8] and whom staff lets go is erased next'
);
SELECT is(astroloh.enforce_data_retention(), 0, '[A-26] who is being erased is not taken again');
RESET ROLE;
SELECT results_eq(
    $$ SELECT j.function_name, j.schedule FROM kernel.job AS j WHERE j.name = 'astroloh_retention' $$,
    $$ VALUES ('astroloh.tend_people()', interval '1 hour') $$, '[A-06] a job does it every hour'
);
-- Who else has asked for something, or was kept.
INSERT INTO astroloh.users (id, data_retention_days, last_accessed)
SELECT ('b0000000-0000-4000-8000-00000000000' || n)::uuid, 30, now() - interval '40 days' FROM generate_series(1, 6) AS n;
SET LOCAL ROLE strongroom_runner;
SELECT kernel.open_request('astroloh', 'b0000000-0000-4000-8000-00000000000' || asked.n, asked.kind, 'gdpr', asked.origin)
FROM (
    VALUES (1, 'access', 'staff'), (2, 'erasure', 'staff'), (3, 'erasure', 'staff'), (4, 'erasure', 'retention'),
        (5, 'erasure', 'retention')
) AS asked (n, kind, origin);
SELECT kernel.refuse_request(r.id, 'asked to stay')
FROM kernel.subject_request AS r WHERE r.subject ~ '^b.*[345]$';
RESET ROLE;
SET LOCAL session_replication_role = replica;
UPDATE kernel.subject_request SET requested_at = now() - interval '91 days' WHERE subject ~ '^b.*5$';
SET LOCAL session_replication_role = origin;
SET LOCAL ROLE strongroom_runner;
SELECT is(
    astroloh.enforce_data_retention(), 4,
    '[A-26] whoever asked for something else, or took an erasure back, or was kept a quarter ago, goes to review'
);
RESET ROLE;
SELECT is(
    (SELECT string_agg(right(r.subject, 1), ',' ORDER BY r.subject) FROM kernel.subject_request AS r
    WHERE r.subject ~ '^b' AND r.origin = 'retention' AND r.state = 'verified'),
    '1,3,5,6', '[A-26] [A-46] and who asked to be erased does not, nor whom staff kept lately'
);
-- Who comes back before staff has decided.
UPDATE astroloh.users SET last_accessed = clock_timestamp() + interval '1 minute' WHERE id::text ~ '^b.*[16]$';
UPDATE astroloh.users SET last_accessed = clock_timestamp() + interval '1 minute' WHERE id::text ~ '^a.*1$';
SET LOCAL ROLE strongroom_runner;
SELECT is(astroloh.enforce_data_retention(), 0, '[A-26] a later run takes nobody more');
RESET ROLE;
SELECT results_eq(
    $$
    SELECT left(r.subject, 1) || right(r.subject, 1), r.state, r.state_reason
    FROM kernel.subject_request AS r
    WHERE r.origin = 'retention' AND r.subject ~ '^(b.*[1356]|a.*1)$' AND (r.state <> 'refused' OR r.state_reason ~ 'back')
    ORDER BY 1
    $$,
    $$
    VALUES
        ('a1', 'approved', NULL::text), ('b1', 'refused', 'The person came back.'), ('b3', 'verified', NULL),
        ('b5', 'verified', NULL), ('b6', 'refused', 'The person came back.')
    $$,
    '[A-26] [A-F8] but takes off who was here since; not who is away, nor whom staff has let go'
);
SELECT is(
    (SELECT count(*) FROM astroloh.users AS u WHERE u.id::text ~ '^b.*[16]$' AND NOT u.data_consent), 2::bigint,
    '[A-49] who is back is asked for consent anew'
);
SET LOCAL enable_seqscan = off;
SELECT matches(
    pg_temp.plan_of(
        $$
        SELECT u.id FROM astroloh.users AS u
        WHERE (u.last_accessed AT TIME ZONE 'UTC')::date + u.data_retention_days < (now() AT TIME ZONE 'UTC')::date
        ORDER BY (u.last_accessed AT TIME ZONE 'UTC')::date + u.data_retention_days LIMIT 10
        $$
    ),
    'Index Scan using users_retention_due_idx', '[A-10.18] who is due is found by index'
);

SELECT * FROM finish();
ROLLBACK;
