-- Person 1 of one app, person 1 of another, and person 2: what one of them says is said by nobody else.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(28);

CREATE FUNCTION pg_temp.acts_for(p_app text, p_person text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('kernel.app', p_app, true), set_config('kernel.user_id', p_person, true),
        set_config('role', p_app || '_app', true);
END;
$$;
CREATE TEMPORARY VIEW said AS
SELECT e.app, e.subject, e.purpose, e.granted, e.id FROM kernel.consent_event AS e WHERE e.purpose IN ('probing', 'testing');
GRANT SELECT ON said TO PUBLIC;
SELECT kernel.publish_consent_text('tarot', 'probing', 'en', 'We probe.');
SELECT kernel.publish_consent_text('tarot', 'testing', 'en', 'We test.');
SELECT kernel.publish_consent_text('persona', 'probing', 'fr', 'Nous sondons.');
SELECT kernel.publish_consent_text('persona', 'asking', 'en', 'We ask.');

SELECT pg_temp.acts_for('persona', '1');
SELECT kernel.give_consent('probing', 1, 'checkbox', '{"build": "1"}');
SELECT pg_temp.acts_for('tarot', '1');
SELECT is(kernel.has_consent('probing'), false, 'person 1 of another app has agreed, this one has not');
SELECT throws_ok($$SELECT kernel.withdraw_consent('asking', 'menu')$$, 'KR131', NULL, 'a purpose of another app is none of this');
SELECT is(kernel.withdraw_consent('probing', 'menu'), false, 'nor is there a consent of theirs to be taken back');
SELECT is(kernel.give_consent('probing', 1, 'checkbox', '{"build": "2"}'), true, 'so they agree by themselves');
SELECT is(kernel.withdraw_consent('testing', 'menu'), false, 'and not to another purpose');
RESET ROLE;
SELECT kernel.publish_consent_text('persona', 'probing', 'fr', 'Nous vendons.');
SELECT kernel.publish_consent_text('tarot', 'testing', 'en', 'We sell.');
SELECT pg_temp.acts_for('tarot', '1');
SELECT is(kernel.has_consent('probing'), true, 'what another app, or another purpose, says anew changes nothing');
SELECT pg_temp.acts_for('persona', '1');
SELECT is(kernel.has_consent('probing'), false, 'but there it does');
SELECT is(kernel.give_consent('probing', 2, 'checkbox', '{"build": "3"}'), true, 'until they agree');
SELECT pg_temp.acts_for('tarot', '2');
SELECT is(kernel.withdraw_consent('probing', 'menu'), false, 'person 2 has nothing to take back');
SELECT is(kernel.give_consent('probing', 1, 'checkbox', '{"build": "4"}'), true, 'and agrees');
SELECT set_config('role', 'tarot_worker', true);
SELECT is(kernel.has_consent('probing'), true, 'the worker is told too');
RESET ROLE;
SELECT is(
    kernel.publish_consent_text(call.app, call.purpose, call.language, 'We probe.'), call.version, call.why
)
FROM (
    VALUES
        ('tarot', 'probing', 'en', 1, 'a wording that is there is not published again'),
        ('persona', 'probing', 'en', 3, 'in another app it is new'),
        ('tarot', 'testing', 'en', 3, 'for another purpose'),
        ('tarot', 'probing', 'de', 2, 'and in another language')
) AS call (app, purpose, language, version, why);
SELECT kernel.publish_consent_text('tarot', 'probing', 'en', 'We probe a bit.', false);
SELECT kernel.publish_consent_text('persona', 'probing', 'en', 'We probe more.');
SELECT pg_temp.acts_for('tarot', '3');
SELECT throws_ok($$SELECT kernel.give_consent('probing', 4, 'menu')$$, 'KR131', NULL, 'a version that another app has is none here');
SELECT is(kernel.give_consent('probing', 1, 'menu'), true, 'a wording that was only corrected is agreed to by who was shown it');
SELECT is(kernel.withdraw_consent('probing', 'menu'), true, 'and taken back by them');
SELECT set_config('kernel.actor', 'Tom Sawyer', true), set_config('role', 'tarot_worker', true);
SELECT is(kernel.give_consent('probing', 1, 'letter'), true, 'and given again by letter');
RESET ROLE;

-- What an erasure takes from one of them.
SELECT is(kernel.blank_consents('tarot', '1'), 1::bigint, 'the evidence of one person goes');
SELECT results_eq(
    $$SELECT e.app, e.subject, e.evidence ->> 'build' FROM kernel.consent_event AS e
      WHERE e.purpose = 'probing' AND e.app IN ('tarot', 'persona') ORDER BY e.id$$,
    $$VALUES ('persona', '1', '1'), ('tarot', '1', NULL), ('persona', '1', '3'), ('tarot', '2', '4'), ('tarot', '3', NULL), ('tarot', '3', NULL), ('tarot', '3', NULL)$$,
    'and nobody else''s'
);
SELECT kernel.forget_consents('tarot', '1', sha256('1'), 'tarot.people.1');
SELECT results_eq(
    $$SELECT e.app, e.subject, e.pseudonym = sha256('1') FROM kernel.consent_event AS e
      WHERE e.purpose = 'probing' AND e.app IN ('tarot', 'persona') ORDER BY e.id$$,
    $$VALUES ('persona', '1', NULL::boolean), ('tarot', NULL, true), ('persona', '1', NULL), ('tarot', '2', NULL), ('tarot', '3', NULL), ('tarot', '3', NULL), ('tarot', '3', NULL)$$,
    'whose they are is forgotten of that person alone'
);

SELECT is(kernel.blank_consents('tarot', '3'), 1::bigint, 'who wrote it down for somebody may be them by name');
SELECT results_eq(
    $$SELECT e.actor FROM kernel.consent_event AS e WHERE e.app = 'tarot' AND e.subject = '3' ORDER BY e.id$$,
    $$VALUES ('person'), ('person'), ('worker')$$, 'and is none by name then'
);

-- What a rule takes back, and of whom nothing is written any more.
SELECT is(kernel.withdraw_consents('tarot', '2', 'retention'), 1, 'of one person of one app');
SELECT pg_temp.acts_for('tarot', '3');
SELECT is(kernel.has_consent('probing'), true, 'the others'' stay');
RESET ROLE;
SELECT set_eq(
    $$SELECT e.app, e.language FROM kernel.consent_event AS e WHERE e.purpose = 'probing' AND e.app IN ('tarot', 'persona')$$,
    $$VALUES ('tarot', 'en'), ('persona', 'fr')$$, 'each in the language of the wording of their app'
);
SELECT kernel.note_erased('persona', '1', now());
SELECT pg_temp.acts_for('persona', '1');
SELECT throws_ok($$SELECT kernel.give_consent('asking', 1, 'menu')$$, 'KR104', NULL, 'who was erased agrees to nothing');

SELECT * FROM finish();
ROLLBACK;
