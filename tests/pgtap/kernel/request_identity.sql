-- One person, whose id a session writes otherwise than the tables do that hold both to be equal.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(29);

CREATE ROLE club_of_spellings_app NOLOGIN;
CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
GRANT USAGE ON SCHEMA ext TO PUBLIC;
CREATE SCHEMA club_of_spellings AUTHORIZATION strongroom_owner;
SET LOCAL ROLE strongroom_owner;
COMMENT ON SCHEMA club_of_spellings IS E'An app.\n@app';
CREATE TABLE club_of_spellings.members (code ext.citext PRIMARY KEY, name text);
CREATE TABLE club_of_spellings.visits (user_id ext.citext, id bigint, place text, PRIMARY KEY (user_id, id));
COMMENT ON COLUMN club_of_spellings.members.code IS E'@internal\n@subject';
COMMENT ON COLUMN club_of_spellings.members.name IS E'@personal identifier\n@erase delete';
COMMENT ON COLUMN club_of_spellings.visits.user_id IS '@internal';
COMMENT ON COLUMN club_of_spellings.visits.id IS '@internal';
COMMENT ON COLUMN club_of_spellings.visits.place IS E'@personal location\n@erase delete';
INSERT INTO club_of_spellings.members VALUES ('Anna', 'A'), ('Bert', 'B');
INSERT INTO club_of_spellings.visits VALUES ('anna', 1, 'a'), ('Carl', 1, 'c');
RESET ROLE;
SELECT kernel.publish_consent_text('club_of_spellings', 'letters', 'en', 'We write to you.');

CREATE FUNCTION pg_temp.act_for(p_id text) RETURNS text LANGUAGE sql AS $$
    SELECT set_config('kernel.app', 'club_of_spellings', true) || set_config('kernel.user_id', p_id, true)
        || set_config('role', 'club_of_spellings_app', true)
$$;
GRANT strongroom_client TO club_of_spellings_app;
CREATE TEMPORARY TABLE asked (name text, id uuid, code text);
GRANT ALL ON asked TO PUBLIC;

SELECT is(kernel.written_subject('club_of_spellings', v.id), v.written, v.why)
FROM (
    VALUES
        ('aNNA', 'Anna', 'as the table of people has it, before others'),
        ('Anna', 'Anna', 'also where it is written so'),
        ('CARL', 'Carl', 'else as another table has it'),
        ('DORA', 'DORA', 'who has no row is called as before'),
        (NULL, NULL, 'nobody is nobody')
) AS v (id, written, why);
SELECT is(kernel.written_subject('tarot', '042'), '042', 'an app without such ids is not asked');
SELECT is(kernel.written_subject('nowhere', 'Anna'), 'Anna', 'an app that is none tells nothing');
SELECT ok(
    NOT has_function_privilege(r.name, 'kernel.written_subject(text, text)', 'EXECUTE'), r.name || ' can''t ask how somebody''s id is written'
)
FROM (VALUES ('club_of_spellings_app'), ('tarot_app'), ('tarot_worker'), ('strongroom_runner')) AS r (name);

-- What a session asks for in any letters is one request, of the person whom the tables know.
SELECT pg_temp.act_for('aNNA');
INSERT INTO pg_temp.asked SELECT 'first', r.request_id, r.code FROM kernel.request_erasure() AS r;
SELECT ok(NOT kernel.has_consent('letters'), 'they have agreed to nothing');
SELECT ok(kernel.give_consent('letters', 1, 'checkbox'), 'then they agree to something');
SELECT ok(kernel.has_consent('letters'), 'which is known in the letters of their session');
SELECT pg_temp.act_for('ANNA');
INSERT INTO pg_temp.asked SELECT 'again', r.request_id, r.code FROM kernel.request_erasure() AS r;
SELECT is((SELECT count(DISTINCT a.id) FROM pg_temp.asked AS a), 1::bigint, 'who asks again in other letters joins the request');
SELECT is((SELECT count(*) FROM kernel.my_requests()), 1::bigint, 'and sees it');
SELECT ok(NOT kernel.give_consent('letters', 1, 'checkbox'), 'and has agreed already');
SELECT ok(kernel.has_consent('letters'), 'which is known in any letters');
SELECT ok(kernel.withdraw_consent('letters', 'checkbox'), 'withdrawn in other letters');
SELECT pg_temp.act_for('Anna');
SELECT ok(NOT kernel.has_consent('letters'), 'it is withdrawn');
SELECT pg_temp.act_for('bert');
SELECT ok(NOT kernel.has_consent('letters'), 'others have agreed to nothing');
SELECT pg_temp.act_for('ANNA');
SELECT is(
    kernel.verify_request((SELECT a.id FROM pg_temp.asked AS a WHERE a.name = 'again'), (SELECT a.code FROM pg_temp.asked AS a WHERE a.name = 'again')),
    'verified', 'and confirms it'
);
RESET ROLE;
SELECT is((SELECT r.subject FROM kernel.subject_request AS r), 'Anna', 'the request is of the person as the tables write them');
SELECT is((SELECT string_agg(DISTINCT e.subject, ' ') FROM kernel.consent_event AS e WHERE e.app = 'club_of_spellings'), 'Anna', 'and so is the consent');

-- Staff can carry it out.
SELECT set_config('kernel.user_id', '', true), set_config('kernel.actor', 'olga', true);
CREATE FUNCTION pg_temp.run() RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_id CONSTANT uuid := (SELECT a.id FROM pg_temp.asked AS a LIMIT 1);
BEGIN
    WHILE kernel.run_erasure_step(v_id) > 0 LOOP END LOOP;
    RETURN (SELECT concat_ws(' ', r.state, r.state_reason, (kernel.next_erasure_step(v_id)).kind) FROM kernel.subject_request AS r WHERE r.id = v_id);
END;
$$;
SELECT kernel.approve_request((SELECT a.id FROM pg_temp.asked AS a LIMIT 1));
SELECT throws_ok(
    $$SELECT kernel.preview_erasure('club_of_spellings', 'Anna')$$, 'KR041', NULL, 'tables that write one person in two ways are to be mended first'
);
UPDATE club_of_spellings.visits SET user_id = 'Anna' WHERE user_id::text = 'anna';
SELECT is(pg_temp.run(), 'running vacuum', 'the erasure goes to its last step');
SELECT is_empty($$SELECT FROM club_of_spellings.members AS m WHERE m.code::text = 'Anna'$$, 'the person is gone');
SELECT is(
    (SELECT count(*) FROM club_of_spellings.visits AS v WHERE v.user_id::text = 'Anna'), 0::bigint, 'with all that is theirs'
);
SELECT is((SELECT count(*) FROM club_of_spellings.members), 1::bigint, 'and nobody else');

SELECT * FROM finish();
ROLLBACK;
