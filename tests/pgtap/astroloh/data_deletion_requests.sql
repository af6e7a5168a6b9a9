-- Who asks to be forgotten, and what they see of it.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();
\ir _columns.sql

SELECT results_eq(
    $$ SELECT c.name, c.type FROM pg_temp.columns_of('astroloh.data_deletion_requests') AS c $$,
    $$
    VALUES
        ('id', 'uuid'), ('user_id', 'uuid'), ('status', 'text'), ('verified', 'boolean'),
        ('requested_at', 'timestamp with time zone'), ('due_at', 'timestamp with time zone'),
        ('processed_at', 'timestamp with time zone'), ('refusal_reason', 'text')
    $$,
    '[A-18] [A-18.1..A-18.3] [A-18.5] [A-18.6] [A-18.8] a request to be forgotten, as the kernel keeps it'
);
SELECT matches(
    (SELECT string_agg(i.definition, E'\n') FROM pg_temp.indexes_of('kernel.subject_request') AS i),
    'subject_request_state_idx btree \(state, code_expires_at\)', '[A-18.9] [A-18.10] those that wait are found by state'
);
SELECT is(
    (SELECT a.attname::text FROM pg_attribute AS a WHERE a.attrelid = 'kernel.subject_request'::regclass AND a.attname ~ '^(verification_)?code$'),
    NULL, '[A-18.7] [A-F11] no code stands anywhere: its salted digest does'
);
SELECT is_empty(
    $$ SELECT FROM pg_constraint WHERE contype = 'f' AND conrelid = 'kernel.subject_request'::regclass $$,
    '[A-F6] a request refers to nobody, and outlives who asked'
);

SET LOCAL ROLE astroloh_app;
SELECT set_config('test.ann', astroloh.register_user('telegram', 'a')::text, true);
SELECT set_config('test.bob', astroloh.register_user('telegram', 'b')::text, true);
SELECT pg_temp.agree_all();
SELECT is_empty($$ SELECT id FROM astroloh.data_deletion_requests $$, 'nobody in particular has asked for nothing');
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SELECT set_config('test.code', r.code, true), set_config('test.request', r.request_id::text, true) FROM kernel.request_erasure() AS r;
SELECT results_eq(
    $$ SELECT id::text, user_id::text, status, verified, processed_at FROM astroloh.data_deletion_requests $$,
    $$ SELECT current_setting('test.request'), current_setting('test.ann'), 'pending', false, NULL::timestamptz $$,
    '[A-18.3] [A-18.8] [A-46] a request waits, unconfirmed'
);
SELECT is(
    (SELECT r.request_id::text FROM kernel.request_erasure() AS r), current_setting('test.request'),
    '[A-F12] who asks twice has one request'
);
SELECT set_config('test.code', r.code, true) FROM kernel.request_erasure() AS r;
SELECT is(kernel.verify_request(current_setting('test.request')::uuid, 'wrong'), 'rejected', '[A-F11] a wrong code confirms nothing');
SELECT is(
    kernel.verify_request(current_setting('test.request')::uuid, current_setting('test.code')), 'verified', '[A-46] the code confirms it'
);
SELECT results_eq(
    $$ SELECT status, verified FROM astroloh.data_deletion_requests $$, $$ VALUES ('pending', true) $$, '[A-18.8] [A-46] which is seen'
);
SELECT pg_temp.as_person(current_setting('test.bob')::uuid);
SELECT is_empty($$ SELECT id FROM astroloh.data_deletion_requests $$, 'nobody sees what others asked for');
RESET ROLE;
SET LOCAL ROLE strongroom_runner;
SELECT kernel.refuse_request(current_setting('test.request')::uuid, 'the letter was withdrawn');
SET LOCAL ROLE astroloh_app;
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SELECT results_eq(
    $$ SELECT status, refusal_reason, processed_at IS NOT NULL FROM astroloh.data_deletion_requests $$,
    $$ VALUES ('refused', 'the letter was withdrawn', true) $$, '[A-18.6] and why it was refused'
);
RESET ROLE;
SELECT is_empty(
    $$ SELECT p.relation, p.problem FROM kernel.erasure_plan('astroloh') AS p WHERE p.problem IS NOT NULL $$,
    '[A-46] nothing of the app stands in the way of an erasure'
);

SELECT hasnt_column(
    'astroloh'::name, 'data_deletion_requests'::name, 'request_reason'::name, '[A-18.4] nobody is asked why, so there is no room for an answer'
);

SELECT * FROM finish();
ROLLBACK;
