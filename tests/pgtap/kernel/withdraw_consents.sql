-- What a rule takes back in a person's stead, of every purpose at once.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(11);

SELECT kernel.publish_consent_text('tarot', p.purpose, 'en', 'We ' || p.purpose || '.')
FROM unnest(ARRAY['advise', 'write', 'sell']) AS p (purpose);
SELECT set_config('kernel.app', 'tarot', true), set_config('kernel.user_id', '1', true);
SET LOCAL ROLE tarot_app;
SELECT kernel.give_consent(p.purpose, 1, 'checkbox') FROM unnest(ARRAY['advise', 'write', 'sell']) AS p (purpose);
SELECT kernel.withdraw_consent('sell', 'menu');
SELECT set_config('kernel.user_id', '2', true);
SELECT kernel.give_consent('advise', 1, 'checkbox');
SELECT throws_ok(
    $$SELECT kernel.withdraw_consents('tarot', '1', 'retention')$$, '42501', NULL, 'nobody withdraws for somebody else'
);
SET LOCAL ROLE tarot_worker;
SELECT throws_ok(
    $$SELECT kernel.withdraw_consents('tarot', '1', 'retention')$$, '42501', NULL, 'nor does a job of the app'
);

SET LOCAL ROLE strongroom_runner;
SELECT set_config('kernel.app', '', true), set_config('kernel.user_id', '', true);
SELECT throws_ok(
    $$SELECT kernel.withdraw_consents('tarot', '1', 'Their time is over')$$, 'KR133', NULL, 'a rule is a name'
);
SELECT throws_ok($$SELECT kernel.withdraw_consents('tarot', '1', NULL)$$, 'KR133', NULL, 'and there is one');
SELECT throws_ok($$SELECT kernel.withdraw_consents('no_app', '1', 'x')$$, 'KR041', NULL, 'of an app that is there');
SELECT throws_ok($$SELECT kernel.withdraw_consents('tarot', 'one', 'x')$$, 'KR041', NULL, 'and of somebody who can be');
SELECT is(kernel.withdraw_consents('tarot', '01', 'retention'), 2, '[A-F10] what is agreed to is withdrawn');
SELECT is(kernel.withdraw_consents('tarot', '1', 'retention'), 0, 'once');
SELECT is(kernel.withdraw_consents('tarot', '3', 'retention'), 0, 'who agreed to nothing has nothing to lose');
SELECT results_eq(
    $$
    SELECT e.subject, e.purpose, e.actor, e.method FROM kernel.consent_event AS e
    WHERE e.app = 'tarot' AND NOT e.granted ORDER BY e.subject, e.purpose
    $$,
    $$
    VALUES
        ('1', 'advise', 'strongroom_runner', 'retention'), ('1', 'sell', 'person', 'menu'),
        ('1', 'write', 'strongroom_runner', 'retention')
    $$,
    '[A-F10] and the ledger tells whether the person said so or a rule'
);
SET LOCAL ROLE tarot_app;
SELECT set_config('kernel.app', 'tarot', true), set_config('kernel.user_id', '2', true);
SELECT ok(kernel.has_consent('advise'), 'of nobody else');

SELECT * FROM finish();
ROLLBACK;
