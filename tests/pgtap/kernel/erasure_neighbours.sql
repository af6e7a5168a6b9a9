-- Two erasures under way: the steps, the words and the end of one are none of the other's.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(12);

CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
SET LOCAL ROLE strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.notes (user_id bigint, id bigint, body text, PRIMARY KEY (user_id, id));
COMMENT ON COLUMN probe.notes.user_id IS '@internal';
COMMENT ON COLUMN probe.notes.id IS '@internal';
COMMENT ON COLUMN probe.notes.body IS E'@personal content\n@erase delete';
INSERT INTO probe.notes
SELECT p, n, format('longwordsof%sand%s', p, n) FROM generate_series(1, 3) AS p, generate_series(1, 3) AS n;
RESET ROLE;
SELECT set_config('kernel.actor', 'olga', true);
CREATE TEMPORARY TABLE request AS
SELECT p.person, kernel.open_request('probe', p.person::text, 'erasure') AS id FROM generate_series(1, 3) AS p (person);
CREATE FUNCTION pg_temp.id(p_person integer) RETURNS uuid LANGUAGE sql AS 'SELECT r.id FROM pg_temp.request AS r WHERE r.person = p_person';
CREATE FUNCTION pg_temp.steps(p_person integer) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_array(
        (SELECT jsonb_agg(s ORDER BY s.id) FROM kernel.erasure_step AS s WHERE s.request_id = pg_temp.id(p_person)),
        (SELECT jsonb_agg(t ORDER BY t) FROM kernel.erasure_token AS t WHERE t.request_id = pg_temp.id(p_person)),
        (SELECT to_jsonb(r) FROM kernel.subject_request AS r WHERE r.id = pg_temp.id(p_person))
    )
$$;
SELECT kernel.approve_request(pg_temp.id(p)) FROM generate_series(1, 2) AS p;

-- Person 2 is half gone, person 3 waits for approval.
SELECT kernel.run_erasure_step(pg_temp.id(2)), kernel.run_erasure_step(pg_temp.id(2), 1);
SELECT is((SELECT count(*) FROM probe.notes WHERE user_id = 2), 2::bigint, 'one of two erasures is in the middle of a table');
SELECT is((kernel.next_erasure_step(pg_temp.id(2))).kind, 'rows', 'where it goes on');
CREATE TEMPORARY TABLE before AS SELECT pg_temp.steps(2) AS second, pg_temp.steps(3) AS third;
SELECT kernel.run_erasure_step(pg_temp.id(1));
SELECT is((kernel.next_erasure_step(pg_temp.id(1))).request_id, pg_temp.id(1), 'the other one has steps of its own');
DO $$
BEGIN
    WHILE (kernel.next_erasure_step(pg_temp.id(1))).kind <> 'vacuum' LOOP
        PERFORM kernel.run_erasure_step(pg_temp.id(1));
    END LOOP;
END;
$$;
UPDATE kernel.erasure_step AS s SET state = 'done', finished_at = now() WHERE s.request_id = pg_temp.id(1) AND s.kind = 'vacuum';
INSERT INTO probe.notes VALUES (1, 9, 'late');
SELECT is(kernel.finish_erasure(pg_temp.id(1), sha256('1'), 'k'), false, 'which begins anew for what came late');
SELECT is(pg_temp.steps(2), (SELECT b.second FROM pg_temp.before AS b), 'alone');
DO $$
BEGIN
    WHILE (kernel.next_erasure_step(pg_temp.id(1))).kind <> 'vacuum' LOOP
        PERFORM kernel.run_erasure_step(pg_temp.id(1));
    END LOOP;
END;
$$;
UPDATE kernel.erasure_step AS s SET state = 'done', finished_at = now() WHERE s.request_id = pg_temp.id(1) AND s.kind = 'vacuum';
SELECT is(kernel.finish_erasure(pg_temp.id(1), sha256('1'), 'k'), true, 'it ends, although the other one does not');
SELECT is(
    (SELECT array_agg(r.state ORDER BY q.person) FROM pg_temp.request AS q JOIN kernel.subject_request AS r USING (id)),
    '{done,running,verified}', 'and nobody else''s does'
);
SELECT is(pg_temp.steps(2), (SELECT b.second FROM pg_temp.before AS b), 'whose steps and words stay');
SELECT is(pg_temp.steps(3), (SELECT b.third FROM pg_temp.before AS b), 'and whose request does');
SELECT is((SELECT array_agg(DISTINCT n.user_id ORDER BY n.user_id) FROM probe.notes AS n), '{2,3}', 'as do the rows');
SELECT kernel.place_hold('case', 'probe', '2');
SELECT kernel.run_erasure_step(pg_temp.id(2));
SELECT is(
    (SELECT array_agg(r.state ORDER BY q.person) FROM pg_temp.request AS q JOIN kernel.subject_request AS r USING (id)),
    '{done,held,verified}', 'a hold stops the one that it is for'
);
SELECT is((SELECT count(*) FROM probe.notes WHERE user_id = 2), 2::bigint, 'where it was');

SELECT * FROM finish();
ROLLBACK;
