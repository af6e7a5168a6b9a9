-- The steps that a request can take, and what of it stays as it is.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

-- Every step that is legal, and every other one.
CREATE FUNCTION pg_temp.in_state(p_state text) RETURNS uuid
LANGUAGE plpgsql
AS $$
DECLARE
    v_id uuid;
    v_path text[] := CASE p_state
        WHEN 'approved' THEN '{approved}'
        WHEN 'running' THEN '{approved,running}'
        WHEN 'held' THEN '{approved,held}'
        WHEN 'failed' THEN '{approved,running,failed}'
        WHEN 'done' THEN '{approved,running,done}'
        WHEN 'refused' THEN '{refused}'
        ELSE '{}'
    END;
    v_state text;
BEGIN
    INSERT INTO kernel.subject_request (
        app, subject, kind, regime, origin, state, requested_by, due_at, code_salt, code_hash,
        code_expires_at
    )
    VALUES (
        'tarot', gen_random_uuid(), 'access', 'gdpr',
        CASE p_state WHEN 'requested' THEN 'person' ELSE 'staff' END,
        CASE p_state WHEN 'requested' THEN 'requested' ELSE 'verified' END,
        'test', now(), uuid_send(gen_random_uuid()), sha256(''), now()
    )
    RETURNING id INTO v_id;
    FOREACH v_state IN ARRAY v_path LOOP
        UPDATE kernel.subject_request
        SET state = v_state,
            state_reason = 'why',
            approved_by = CASE WHEN v_state = 'approved' THEN 'test' ELSE approved_by END
        WHERE id = v_id;
    END LOOP;
    RETURN v_id;
END;
$$;
CREATE TEMPORARY VIEW moves AS
SELECT f.state AS from_state, t.state AS to_state, (f.state, t.state) IN (
    ('requested', 'verified'), ('requested', 'refused'),
    ('verified', 'approved'), ('verified', 'refused'),
    ('approved', 'running'), ('approved', 'held'), ('approved', 'refused'),
    ('running', 'done'), ('running', 'failed'), ('running', 'held'),
    ('held', 'approved'), ('held', 'refused'), ('failed', 'approved')
) AS is_legal
FROM unnest('{requested,verified,held,approved,running,done,failed,refused}'::text[]) AS f (state)
CROSS JOIN unnest('{requested,verified,held,approved,running,done,failed,refused}'::text[]) AS t (state)
WHERE f.state <> t.state;
SELECT CASE
    WHEN m.is_legal THEN lives_ok(
        format(
            'UPDATE kernel.subject_request SET state = %1$L, state_reason = %2$L, approved_by ='
            ' CASE WHEN %1$L = ''approved'' AND state <> ''held'' THEN ''other'' ELSE approved_by END'
            ' WHERE id = %3$L',
            m.to_state, 'why', pg_temp.in_state(m.from_state)
        ),
        format('[A-F12] %s can become %s', m.from_state, m.to_state)
    )
    ELSE throws_ok(
        format(
            'UPDATE kernel.subject_request SET state = %1$L, state_reason = %2$L, approved_by ='
            ' CASE WHEN %1$L = ''approved'' AND state <> ''held'' THEN ''other'' ELSE approved_by END'
            ' WHERE id = %3$L',
            m.to_state, 'why', pg_temp.in_state(m.from_state)
        ),
        'KR090', NULL, format('[A-F12] %s can''t become %s', m.from_state, m.to_state)
    )
END
FROM pg_temp.moves AS m;
SELECT is((SELECT count(*) FROM pg_temp.moves AS m WHERE m.is_legal), 13::bigint, 'thirteen steps are legal');
SELECT throws_ok(
    format('UPDATE kernel.subject_request SET state = NULL WHERE id = %L', pg_temp.in_state('verified')),
    'KR090', NULL, 'no state is no state'
);
SELECT throws_ok(
    format($$UPDATE kernel.subject_request SET state = 'lost' WHERE id = %L$$, pg_temp.in_state('verified')),
    'KR090', NULL, 'nor is one that there is not'
);
SELECT set_config('test.begun', pg_temp.in_state('running')::text, true);
UPDATE kernel.subject_request SET state = 'held', state_reason = 'case' WHERE id = current_setting('test.begun')::uuid;
SELECT throws_ok(
    $$UPDATE kernel.subject_request SET state = 'refused', state_reason = 'x'
    WHERE id = current_setting('test.begun')::uuid$$,
    'KR090', NULL, 'what was begun is not refused'
);
SELECT throws_ok(
    $$SELECT kernel.refuse_request(current_setting('test.begun')::uuid, 'x')$$,
    'KR090', NULL, 'by no function either'
);
SELECT throws_ok(
    $$SELECT kernel.approve_request(current_setting('test.begun')::uuid)$$,
    'KR090', NULL, 'nobody approves past a hold'
);

-- How a request may begin.
SELECT throws_ok(
    format(
        $$INSERT INTO kernel.subject_request (app, subject, kind, regime, origin, state, requested_by, due_at,
            approved_by, state_reason, code_salt, code_hash, code_expires_at)
        VALUES ('tarot', '5', 'erasure', 'gdpr', %L, %L, 'x', now(), 'x', 'x',
            uuid_send(gen_random_uuid()), sha256(''), now())$$, o.origin, s.state
    ),
    'KR090', NULL, format('[A-F12] a request of origin %s does not begin as %s', o.origin, s.state)
)
FROM unnest('{person,staff,retention,replay}'::text[]) AS o (origin)
CROSS JOIN unnest('{requested,verified,held,approved,running,done,failed,refused}'::text[]) AS s (state)
WHERE (o.origin, s.state) NOT IN (
    ('person', 'requested'), ('staff', 'verified'), ('retention', 'verified'), ('replay', 'approved')
);
SELECT lives_ok(
    $$SELECT kernel.open_request('tarot', '6', 'erasure', 'gdpr', 'replay')$$, 'a replay is approved at once'
);
SELECT results_eq(
    $$SELECT r.state, r.approved_at = now() FROM kernel.subject_request AS r WHERE r.subject = '6'$$,
    $$VALUES ('approved', true)$$, 'as it is'
);
-- What stays as it is.
SELECT throws_ok(
    format('UPDATE kernel.subject_request SET %s WHERE id = %L', change.set, pg_temp.in_state('verified')),
    'KR090', NULL, format('for ever: %s', change.set)
)
FROM (
    VALUES
        ('id = gen_random_uuid()'), ($$app = 'other'$$), ($$subject = 'other'$$), ('subject = NULL'),
        ($$kind = 'erasure'$$), ($$regime = 'fz152'$$), ($$origin = 'retention'$$),
        ($$requested_at = now() - interval '1 day'$$), ($$requested_by = 'other'$$),
        ($$due_at = due_at + interval '1 day'$$), ($$approved_by = 'other'$$)
) AS change (set);
SELECT throws_ok(
    format('UPDATE kernel.subject_request SET %s WHERE id = %L', change.set, pg_temp.in_state('done')),
    'KR090', NULL, format('after its end: %s', change.set)
)
FROM (
    VALUES ($$state_reason = 'x'$$), ($$subject = 'other'$$), ('attempts = 7'), ('approved_by = NULL')
) AS change (set);
SELECT lives_ok(
    format('UPDATE kernel.subject_request SET subject = NULL WHERE id = %L', pg_temp.in_state(s.state)),
    format('[A-F6] a request that is %s can forget its person and stay', s.state)
)
FROM unnest('{done,refused}'::text[]) AS s (state);
SELECT throws_ok(text, 'KR040', NULL, text)
FROM (
    VALUES
        ('DELETE FROM kernel.subject_request'), ('TRUNCATE kernel.subject_request CASCADE'),
        ('DELETE FROM kernel.subject_request_event'), ('TRUNCATE kernel.subject_request_event'),
        ($$UPDATE kernel.subject_request_event SET actor = 'x'$$)
) AS call (text);

-- Three years after the end.
CREATE TEMPORARY TABLE old AS
SELECT n.name, pg_temp.in_state(n.state) AS id
FROM (
    VALUES ('gone', 'refused'), ('young', 'refused'), ('held', 'done'), ('replayed', 'done'), ('open', 'verified')
) AS n (name, state);
SELECT kernel.place_hold('three years', 'tarot', '901');
SET LOCAL session_replication_role = replica;
UPDATE kernel.subject_request AS r
SET ended_at = CASE WHEN r.ended_at IS NOT NULL THEN now() - interval '3 years 1 day' END,
    subject = CASE o.name WHEN 'held' THEN '901' ELSE r.subject END
FROM pg_temp.old AS o WHERE o.id = r.id AND o.name <> 'young';
UPDATE kernel.subject_request_event AS e
SET happened_at = now() - interval '3 years 1 day'
FROM pg_temp.old AS o WHERE o.id = e.request_id;
INSERT INTO kernel.replayed_erasure (seq, request_id)
SELECT 1, o.id FROM pg_temp.old AS o WHERE o.name = 'replayed';
SET LOCAL session_replication_role = origin;
SELECT is(kernel.trim_requests(100), 1::bigint, 'what ended three years ago goes');
SELECT set_eq(
    'SELECT o.name FROM pg_temp.old AS o JOIN kernel.subject_request AS r USING (id)',
    $$VALUES ('young'), ('held'), ('replayed'), ('open')$$,
    'but for what a hold or a replayed ledger needs, and what is younger or open'
);
SELECT is_empty(
    $$SELECT FROM kernel.subject_request_event AS e JOIN pg_temp.old AS o ON o.id = e.request_id
    WHERE o.name = 'gone'$$,
    'its events go with it'
);
SELECT kernel.release_hold(h.id, 'closed') FROM kernel.legal_hold AS h WHERE h.reason = 'three years';
SELECT is(kernel.tend_requests() > 0, true, 'the job does it');
SELECT is_empty(
    $$SELECT FROM kernel.subject_request AS r JOIN pg_temp.old AS o USING (id) WHERE o.name = 'held'$$,
    'when the hold is over'
);

-- Answers to what is no erasure.
SELECT set_config('test.access', pg_temp.in_state('approved')::text, true);
SELECT lives_ok($$SELECT kernel.answer_request(current_setting('test.access')::uuid)$$, 'an answer is given');
SELECT results_eq(
    $$SELECT e.from_state, e.to_state FROM kernel.subject_request_event AS e
    WHERE e.request_id = current_setting('test.access')::uuid ORDER BY e.id$$,
    $$VALUES (NULL, 'verified'), ('verified', 'approved'), ('approved', 'running'), ('running', 'done')$$,
    'by way of running'
);
SELECT throws_ok(
    format('SELECT kernel.answer_request(%L)', kernel.open_request('tarot', '9', 'erasure')),
    'KR090', NULL, 'an erasure is not answered, it is done'
);

-- Holds that end.
SELECT set_config('test.held', kernel.open_request('tarot', '800', 'erasure')::text, true);
SELECT set_config('kernel.actor', 'erik', true);
SELECT kernel.approve_request(current_setting('test.held')::uuid);
SELECT set_config('test.hold', kernel.place_hold('case', 'tarot', '800')::text, true);
UPDATE kernel.subject_request SET state = 'held', state_reason = 'case' WHERE id = current_setting('test.held')::uuid;
UPDATE kernel.subject_request SET state = 'refused', state_reason = 'x' WHERE state = 'held' AND subject <> '800' AND started_at IS NULL;
UPDATE kernel.subject_request SET state = 'approved' WHERE state = 'held' AND subject <> '800';
SELECT kernel.tend_requests();
SELECT is(kernel.tend_requests(), 0::bigint, 'what is held stays held');
SELECT kernel.release_hold(current_setting('test.hold')::bigint, 'closed');
SELECT is(kernel.tend_requests(), 1::bigint, 'until the hold is released');
SELECT results_eq(
    $$SELECT r.state, r.state_reason, r.approved_by FROM kernel.subject_request AS r
    WHERE r.id = current_setting('test.held')::uuid$$,
    $$VALUES ('approved', NULL::text, 'erik')$$, 'then it goes on as approved before'
);

SELECT * FROM finish();
ROLLBACK;
