CREATE VIEW kernel.current_consent_text WITH (security_invoker = true) AS
SELECT DISTINCT ON (t.purpose, t.language)
    t.purpose, t.language, t.version, t.body, t.is_material, t.published_at
FROM kernel.consent_text AS t
WHERE t.app = kernel.current_app()
ORDER BY t.purpose, t.language, t.version DESC;

COMMENT ON VIEW kernel.current_consent_text IS
'The newest wording of each purpose of this app, in each language that it has: what to show.';
COMMENT ON COLUMN kernel.current_consent_text.purpose IS
'What the data is to be used for.';
COMMENT ON COLUMN kernel.current_consent_text.language IS
'Language of the wording.';
COMMENT ON COLUMN kernel.current_consent_text.version IS
'Number of the wording: what kernel.give_consent() wants.';
COMMENT ON COLUMN kernel.current_consent_text.body IS
'The wording.';
COMMENT ON COLUMN kernel.current_consent_text.is_material IS
'Whether who agreed to earlier ones has to be asked again.';
COMMENT ON COLUMN kernel.current_consent_text.published_at IS
'Since when it can be agreed to.';

GRANT SELECT ON kernel.current_consent_text TO strongroom_client;
