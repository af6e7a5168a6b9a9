CREATE VIEW kernel.my_consents WITH (security_invoker = true) AS
SELECT
    newest.purpose,
    newest.granted AND NOT newer.is_material AS is_in_force,
    newest.granted,
    newest.version,
    newest.language,
    newest.given_at,
    newest.method,
    newer.version AS newer_version,
    newest.granted AND newer.is_material AS must_be_renewed
FROM (
    SELECT DISTINCT ON (e.purpose)
        e.purpose, e.granted, e.version, e.language, e.given_at, e.method
    FROM kernel.consent_event AS e
    WHERE e.app = kernel.current_app() AND e.subject = kernel.user_text()
    ORDER BY e.purpose, e.id DESC
) AS newest
CROSS JOIN LATERAL (
    SELECT max(t.version) AS version, coalesce(bool_or(t.is_material), false) AS is_material
    FROM kernel.consent_text AS t
    WHERE t.app = kernel.current_app()
      AND t.purpose = newest.purpose
      AND t.language = newest.language
      AND t.version > newest.version
) AS newer;

COMMENT ON VIEW kernel.my_consents IS
'What the person of this transaction has agreed to in this app, a row a purpose: the newest event,
and whether a newer wording waits in its language. Purposes that they never spoke on are not there.';
COMMENT ON COLUMN kernel.my_consents.purpose IS
'What the data may be used for.';
COMMENT ON COLUMN kernel.my_consents.is_in_force IS
'Whether there is consent now: what kernel.has_consent() says.';
COMMENT ON COLUMN kernel.my_consents.granted IS
'What the newest event says: given, or withdrawn.';
COMMENT ON COLUMN kernel.my_consents.version IS
'The wording that it is about.';
COMMENT ON COLUMN kernel.my_consents.language IS
'The language of that wording.';
COMMENT ON COLUMN kernel.my_consents.given_at IS
'When it was said.';
COMMENT ON COLUMN kernel.my_consents.method IS
'How it was said.';
COMMENT ON COLUMN kernel.my_consents.newer_version IS
'The newest wording in this language, where it is newer; else NULL.';
COMMENT ON COLUMN kernel.my_consents.must_be_renewed IS
'Whether the consent no longer counts because a newer wording says something else.';

GRANT SELECT ON kernel.my_consents TO strongroom_client;
