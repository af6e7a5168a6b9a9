-- Takes every wording and every consent with it: dump them first. Policies and triggers of apps that
-- ask for consent have to go before.

DROP VIEW kernel.my_consents, kernel.current_consent_text;
DROP FUNCTION IF EXISTS
    kernel.give_consent(text, integer, text, jsonb),
    kernel.withdraw_consent(text, text, jsonb),
    kernel.add_consent_event(text, text, kernel.consent_text, boolean, text, jsonb),
    kernel.require_wording(text, text, integer),
    kernel.lock_consent(text, text),
    kernel.blank_consents(text, text),
    kernel.forget_consents(text, text, bytea, text),
    kernel.trim_consents(integer);
DROP TABLE kernel.consent_event, kernel.consent_text;
DROP FUNCTION IF EXISTS
    kernel.require_consent(text),
    kernel.has_consent(text),
    kernel.subject_has_consent(text, text, text),
    kernel.publish_consent_text(text, text, text, text, boolean),
    kernel.served_app(),
    kernel.trusted_app(),
    kernel.user_text();

DELETE FROM kernel.erasure_step WHERE kind = 'consents';
ALTER TABLE kernel.erasure_step DROP CONSTRAINT erasure_step_kind_check;
ALTER TABLE kernel.erasure_step ADD CONSTRAINT erasure_step_kind_check CHECK (
    kind IN (
        'tokens', 'cut', 'rows', 'counters', 'audit', 'keys', 'views', 'statistics', 'scan',
        'forget', 'vacuum'
    )
);
COMMENT ON COLUMN kernel.erasure_step.kind IS
'tokens: remember what to look for. cut: empty columns of foreign keys that go round in a circle.
rows: delete or change the rows of a table. counters, audit, keys: what the kernel keeps. views:
refresh materialised views. statistics: ANALYZE. scan: look for what was remembered, everywhere.
forget: what was remembered. vacuum: what is dead goes from the files.';
