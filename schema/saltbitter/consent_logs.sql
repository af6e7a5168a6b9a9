CREATE VIEW saltbitter.consent_logs
WITH (security_invoker = true)
AS
SELECT
    e.id,
    e.subject::uuid AS user_id,
    e.purpose AS consent_type,
    e.granted,
    t.body AS consent_text,
    e.version,
    e.language,
    e.method,
    e.evidence ->> 'ip_hash' AS ip_hash,
    e.given_at AS occurred_at
FROM kernel.consent_event AS e
JOIN kernel.consent_text AS t
    ON t.app = e.app AND t.purpose = e.purpose AND t.version = e.version
WHERE e.app = 'saltbitter' AND e.subject IS NOT NULL;

COMMENT ON VIEW saltbitter.consent_logs IS
'Every consent that somebody gave or withdrew, with the exact text that they were shown: the ledger
of the kernel, as far as it is of this app and of people who are still here. Each sees their own.';
COMMENT ON COLUMN saltbitter.consent_logs.id IS 'The event; ids rise with time.';
COMMENT ON COLUMN saltbitter.consent_logs.user_id IS 'Who.';
COMMENT ON COLUMN saltbitter.consent_logs.consent_type IS
'What for: orientation or attachment_assessment.';
COMMENT ON COLUMN saltbitter.consent_logs.granted IS 'True: given. False: withdrawn.';
COMMENT ON COLUMN saltbitter.consent_logs.consent_text IS 'The text that was shown.';
COMMENT ON COLUMN saltbitter.consent_logs.version IS 'Which wording that is.';
COMMENT ON COLUMN saltbitter.consent_logs.language IS 'In which language.';
COMMENT ON COLUMN saltbitter.consent_logs.method IS 'How they said it, as a word.';
COMMENT ON COLUMN saltbitter.consent_logs.ip_hash IS
'A keyed hash of the address they came from, where the program passed one as evidence.';
COMMENT ON COLUMN saltbitter.consent_logs.occurred_at IS 'When.';

GRANT SELECT ON saltbitter.consent_logs TO saltbitter_app, saltbitter_worker;

-- The wordings that the app begins with. The same text again publishes nothing.
SELECT kernel.publish_consent_text(
    'saltbitter', 'orientation', 'en',
    'Whom you want to meet tells of your sexual orientation. We use it, with your gender and age,'
    ' to show you to each other, and for nothing else. You can withdraw this at any time; then we'
    ' delete it, and you are neither shown to others nor others to you.'
);

SELECT kernel.publish_consent_text(
    'saltbitter', 'attachment_assessment', 'en',
    'The questionnaire on attachment says something of your mental health. We keep its scores, and'
    ' the style that they are read as, to tell you who may fit you, and for nothing else. You can'
    ' withdraw this at any time; then we delete them.'
);
