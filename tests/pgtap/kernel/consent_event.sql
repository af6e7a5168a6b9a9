-- What people agree to: wordings, consents, who may see them, and that they stay as written.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(88);

-- Wordings.
SELECT is(
    kernel.publish_consent_text('tarot', 'advice', 'en', 'We keep your questions.'), 1,
    '[X-2] a wording is published as version 1'
);
SELECT is(
    kernel.publish_consent_text('tarot', 'advice', 'en', 'We keep your questions.'), 1,
    'the same wording again is the same version'
);
SELECT is(
    kernel.publish_consent_text('tarot', 'advice', 'de', 'Wir behalten Ihre Fragen.'), 2,
    'versions count over all languages'
);
SELECT is(
    kernel.publish_consent_text('tarot', 'letters', 'en', 'We write to you.'), 1,
    'and anew for each purpose'
);
SELECT results_eq(
    $$SELECT t.version, t.language, t.is_material FROM kernel.consent_text AS t WHERE t.purpose = 'advice' ORDER BY 1$$,
    $$VALUES (1, 'en', true), (2, 'de', true)$$,
    'a wording says something new unless somebody says otherwise'
);
SELECT throws_ok(text, 'KR133', NULL, format('no wording: %s', text))
FROM (
    VALUES
        ($$SELECT kernel.publish_consent_text('tarot', 'Advice', 'en', 'x')$$),
        ($$SELECT kernel.publish_consent_text('tarot', 'a"b;--', 'en', 'x')$$),
        ($$SELECT kernel.publish_consent_text('tarot', '', 'en', 'x')$$),
        ($$SELECT kernel.publish_consent_text('tarot', 'advice', 'english please', 'x')$$),
        ($$SELECT kernel.publish_consent_text('tarot', 'advice', 'en', '')$$),
        ($$SELECT kernel.publish_consent_text('tarot', 'advice', 'en', NULL)$$),
        ($$SELECT kernel.publish_consent_text('tarot', 'advice', 'en', repeat('x', 100001))$$),
        ($$SELECT kernel.publish_consent_text('tarot', 'advice', 'en', 'x', NULL)$$)
) AS call (text);
SELECT throws_ok(
    format('SELECT kernel.publish_consent_text(%L, %L, %L, %L)', app, 'advice', 'en', 'x'), 'KR110', NULL,
    format('%s is no app', app)
)
FROM (VALUES ('kernel'), ('no "app";--'), ('public')) AS a (app);
SELECT throws_ok(text, 'KR040', NULL, format('[P-F14] what was published stays: %s', text))
FROM (
    VALUES
        ($$UPDATE kernel.consent_text SET body = 'x'$$), ($$DELETE FROM kernel.consent_text$$),
        ('TRUNCATE kernel.consent_text, kernel.consent_event')
) AS call (text);

-- Roles.
SET LOCAL ROLE tarot_worker;
SELECT set_config('kernel.app', 'tarot', true);
SELECT is(
    kernel.publish_consent_text('tarot', 'parties', 'en', 'We invite you.', false), 1,
    'the worker of an app publishes'
);
SELECT throws_ok(
    $$SELECT kernel.publish_consent_text('kernel', 'parties', 'en', 'x')$$, 'KR110', NULL, 'for an app'
);
SET LOCAL ROLE astroloh_worker;
SELECT throws_ok(
    $$SELECT kernel.publish_consent_text('tarot', 'parties', 'en', 'x')$$, 'KR134', NULL, 'that is its own'
);
SELECT is_empty('SELECT FROM kernel.consent_text', 'and reads no other''s');
SET LOCAL ROLE tarot_app;
SELECT throws_ok(
    $$SELECT kernel.publish_consent_text('tarot', 'parties', 'en', 'x')$$, 'KR134', NULL,
    'requests of people publish nothing'
);
SELECT throws_ok($$SELECT kernel.give_consent('advice', 1, 'checkbox')$$, 'KR001', NULL, 'nobody agrees to nothing');
SELECT throws_ok($$SELECT kernel.withdraw_consent('advice', 'checkbox')$$, 'KR001', NULL, 'or takes it back');
SELECT is(kernel.has_consent('advice'), false, 'or has agreed');
SELECT results_eq(
    $$SELECT c.purpose, c.language, c.version FROM kernel.current_consent_text AS c ORDER BY 1, 2$$,
    $$VALUES ('advice', 'de', 2), ('advice', 'en', 1), ('letters', 'en', 1), ('parties', 'en', 1)$$,
    'who is not known yet reads what there is to agree to'
);
SELECT throws_ok(text, '42501', NULL, format('no right: %s', text))
FROM (
    VALUES
        ($$INSERT INTO kernel.consent_event (app, subject, purpose, version, language, granted, actor, method)
           VALUES ('tarot', '1', 'advice', 1, 'en', true, 'person', 'checkbox')$$),
        ('UPDATE kernel.consent_event SET granted = true'), ('DELETE FROM kernel.consent_event'),
        ('SELECT e.actor FROM kernel.consent_event AS e'),
        ('SELECT e.pseudonym FROM kernel.consent_event AS e'),
        ($$INSERT INTO kernel.consent_text (app, purpose, version, language, body, is_material)
           VALUES ('tarot', 'advice', 9, 'en', 'x', true)$$)
) AS call (text);

-- Anna agrees.
SELECT set_config('kernel.user_id', '1', true);
SELECT is(kernel.has_consent('advice'), false, '[A-49] what was never given is no consent');
SELECT throws_ok($$SELECT kernel.require_consent('advice')$$, 'KR130', NULL, '[A-49] and is refused where it is needed');
SELECT is_empty('SELECT FROM kernel.my_consents', 'nor shown');
SELECT is(kernel.withdraw_consent('advice', 'checkbox'), false, 'nothing is there to be taken back');
SELECT throws_ok(
    $$SELECT kernel.withdraw_consent('advise', 'checkbox')$$, 'KR131', NULL, 'but a purpose that is misspelt is told'
);
SELECT throws_ok(format('SELECT kernel.give_consent(%s, ''checkbox'')', a), 'KR131', NULL, format('no wording: %s', a))
FROM (VALUES ('''advice'', 9'), ('''advise'', 1'), ('''advice'', NULL'), ('NULL, 1'), ('''advice'', 0')) AS v (a);
SELECT throws_ok(format('SELECT kernel.give_consent(''advice'', 1, %s)', a), 'KR133', NULL, format('not so: %s', a))
FROM (
    VALUES ('NULL'), (''''''), ('''Anna said yes'''), ('''checkbox'', ''[]'''), ('''checkbox'', NULL'),
        ('''checkbox'', ''{"who": {"name": "anna"}}'''),
        ('''checkbox'', jsonb_build_object(''a'', repeat(''x'', 2000))')
) AS v (a);
SELECT is(
    kernel.give_consent('advice', 1, 'checkbox', '{"build": "7.1"}'), true, '[X-2] a person agrees to a wording'
);
SELECT is(kernel.give_consent('advice', 1, 'checkbox'), false, 'once is enough');
SELECT is(kernel.has_consent('advice'), true, '[A-49] what was given is consent');
SELECT is(kernel.has_consent('letters'), false, 'to this purpose alone');
SELECT lives_ok($$SELECT kernel.require_consent('advice')$$, '[A-49] and lets through');
SELECT is(kernel.withdraw_consent('advice', 'menu'), true, '[A-F10] it is taken back');
SELECT is(kernel.withdraw_consent('advice', 'menu'), false, 'once');
SELECT is(kernel.has_consent('advice'), false, '[A-49] what was taken back is no consent');
SELECT is(kernel.give_consent('advice', 1, 'spoken'), true, 'and given again');
SELECT results_eq(
    $$SELECT e.granted, e.version, e.language, e.method, e.evidence ->> 'build'
      FROM kernel.consent_event AS e WHERE e.subject = '1' ORDER BY e.id$$,
    $$VALUES (true, 1, 'en', 'checkbox', '7.1'), (false, 1, 'en', 'menu', NULL), (true, 1, 'en', 'spoken', NULL)$$,
    '[A-F10] [S-33] each step is an event, with wording, way and direction'
);

-- A newer wording.
RESET ROLE;
SELECT kernel.publish_consent_text('tarot', 'advice', 'en', 'We keep your questions, too.', false);
SET LOCAL ROLE tarot_app;
SELECT results_eq(
    $$SELECT c.purpose, c.is_in_force, c.version, c.newer_version, c.must_be_renewed FROM kernel.my_consents AS c$$,
    $$VALUES ('advice', true, 1, 3, false)$$, 'a corrected wording waits, and the consent counts'
);
RESET ROLE;
SELECT kernel.publish_consent_text('tarot', 'advice', 'de', 'Wir verkaufen Ihre Fragen.');
SET LOCAL ROLE tarot_app;
SELECT is(kernel.has_consent('advice'), true, 'what is new in another language is not what was agreed to here');
RESET ROLE;
SELECT kernel.publish_consent_text('tarot', 'advice', 'en', 'We sell your questions.');
SET LOCAL ROLE tarot_app;
SELECT is(kernel.has_consent('advice'), false, '[P-30] who agreed to something else has to be asked again');
SELECT results_eq(
    $$SELECT c.is_in_force, c.granted, c.version, c.newer_version, c.must_be_renewed FROM kernel.my_consents AS c$$,
    $$VALUES (false, true, 1, 5, true)$$, 'and is shown so'
);
SELECT throws_ok($$SELECT kernel.give_consent('advice', 3, 'checkbox')$$, 'KR132', NULL, 'to what is out of date nobody agrees');
SELECT is(kernel.withdraw_consent('advice', 'menu'), true, 'what no longer counts is taken back all the same');
SELECT is(kernel.give_consent('advice', 5, 'checkbox'), true, 'the newest can be agreed to');
SELECT is(kernel.has_consent('advice'), true, 'and counts');

-- Others.
SELECT set_config('kernel.user_id', '2', true);
SELECT is(kernel.has_consent('advice'), false, 'one person''s consent is not another''s');
SELECT is(kernel.subject_has_consent('tarot', '1', 'advice'), false, 'and is not told to them');
SELECT is_empty('SELECT FROM kernel.consent_event', 'nor shown');
SET LOCAL ROLE tarot_worker;
SELECT is(kernel.subject_has_consent('tarot', '1', 'advice'), true, 'the worker knows everybody in its app');
SELECT is(kernel.give_consent('letters', 1, 'letter'), true, 'and writes down for a person who wrote');
SET LOCAL ROLE tarot_definer;
SELECT is(kernel.subject_has_consent('tarot', '1', 'advice'), true, 'so do its definer functions');
SET LOCAL ROLE astroloh_app;
SELECT is(
    kernel.has_consent('letters') OR EXISTS (SELECT FROM kernel.consent_event), false,
    '[X-1] user 2 of another app is another person, whatever the transaction says'
);
SELECT throws_ok($$SELECT kernel.give_consent('letters', 1, 'x')$$, '42501', NULL, 'for whom it says nothing');
SET LOCAL ROLE tarot_analyst;
SELECT is_empty('SELECT FROM kernel.consent_event', 'an analyst reads nobody''s');
SELECT throws_ok($$SELECT kernel.give_consent('letters', 1, 'x')$$, '42501', NULL, 'and says nothing for anybody');
RESET ROLE;
SELECT results_eq(
    $$SELECT DISTINCT e.subject, e.actor FROM kernel.consent_event AS e ORDER BY 1$$,
    $$VALUES ('1', 'person'), ('2', 'tarot_worker')$$, 'who wrote it down is known'
);

-- It stays as written.
SELECT throws_ok(text, 'KR040', NULL, format('[A-F10] [S-F4] what was said stays: %s', text))
FROM (
    VALUES
        ('UPDATE kernel.consent_event SET granted = NOT granted'),
        ($$UPDATE kernel.consent_event SET subject = '3'$$),
        ($$UPDATE kernel.consent_event SET evidence = '{"build": "8"}'$$),
        ($$UPDATE kernel.consent_event SET actor = 'olga'$$),
        ('UPDATE kernel.consent_event SET given_at = now() - interval ''1 day'''),
        ('DELETE FROM kernel.consent_event'), ('TRUNCATE kernel.consent_event')
) AS call (text);
SELECT throws_ok(
    'UPDATE kernel.consent_event SET subject = NULL', '23514', NULL, 'nobody is forgotten without a pseudonym'
);

SELECT * FROM finish();
ROLLBACK;
