-- Consent to the processing of personal data: each wording stays, and who agreed to which.
-- depends: 0106.persona.show-journal 0040.kernel.create-consents
-- locks: none that anyone waits for

COMMENT ON TABLE persona.app_settings IS
'The settings of the whole bot: one row, from the start and for ever. Changed by
persona.change_app_settings(), which takes a right; the wording of the consent by
persona.publish_consent().
@row AppSettings
@rows 1';
COMMENT ON COLUMN persona.app_settings.consent_text IS
'The Russian wording of the consent that is in force. Nobody can agree to the one that is there from
the start: each later one is published, and all of them are in kernel.consent_text.
@public';

-- What the owner wrote there until now.
SELECT kernel.publish_consent_text('persona', 'personal_data', 'ru', s.consent_text)
FROM persona.app_settings AS s
WHERE s.consent_text <> 'The wording of the consent to the processing of personal data goes here.';

CREATE VIEW persona.consent_log WITH (security_invoker = true) AS
SELECT
    e.id,
    e.subject::bigint AS user_id,
    e.purpose,
    e.granted,
    e.version,
    e.language,
    t.body AS consent_text,
    e.given_at,
    e.method
FROM kernel.consent_event AS e
JOIN kernel.consent_text AS t ON t.app = e.app AND t.purpose = e.purpose AND t.version = e.version
WHERE e.app = 'persona' AND e.subject IS NOT NULL;

COMMENT ON VIEW persona.consent_log IS
'Who agreed to which wording of what, or took it back: what the ledger of consents has of this app.
People who were erased are there under a pseudonym, which only the ledger shows.
@row ConsentLogEntry';
COMMENT ON COLUMN persona.consent_log.id IS
'Number of the event, rising with time for each person.
@internal';
COMMENT ON COLUMN persona.consent_log.user_id IS
'Who said it.
@internal';
COMMENT ON COLUMN persona.consent_log.purpose IS
'What the data may be used for.
@internal';
COMMENT ON COLUMN persona.consent_log.granted IS
'True: given; false: taken back.
@internal';
COMMENT ON COLUMN persona.consent_log.version IS
'Which wording.
@internal';
COMMENT ON COLUMN persona.consent_log.language IS
'The language of the wording.
@internal';
COMMENT ON COLUMN persona.consent_log.consent_text IS
'The wording itself.
@public';
COMMENT ON COLUMN persona.consent_log.given_at IS
'When.
@internal';
COMMENT ON COLUMN persona.consent_log.method IS
'How it was said, as a name that code uses.
@internal';

GRANT SELECT ON persona.consent_log TO persona_app, persona_worker;
