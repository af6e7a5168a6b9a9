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
