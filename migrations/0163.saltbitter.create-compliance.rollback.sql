-- Takes every assessment, use of AI and entry of the log with it: dump them first. Consents and their
-- wordings stay in the ledger.

DROP FUNCTION IF EXISTS
    saltbitter.consent_to_ai,
    saltbitter.log_compliance,
    saltbitter.require_ai,
    saltbitter.set_ai_opt_out,
    saltbitter.show_ai_disclosure,
    saltbitter.tg_require_consent,
    saltbitter.withdraw_consent
CASCADE;

SELECT kernel.drop_masked_view('saltbitter.compliance_logs');
SELECT kernel.drop_masked_view('saltbitter.ai_opt_outs');
SELECT kernel.drop_masked_view('saltbitter.ai_interactions');
SELECT kernel.drop_masked_view('saltbitter.attachment_assessments');

SELECT kernel.disable_audit('saltbitter.ai_types');
SELECT kernel.disable_audit('saltbitter.attachment_assessments');

DELETE FROM kernel.retention_policy
WHERE name IN ('saltbitter_ai_interactions', 'saltbitter_compliance_logs');

DROP TABLE saltbitter.compliance_logs;
DROP TABLE saltbitter.ai_opt_outs;
DROP TABLE saltbitter.ai_interactions;
DROP TABLE saltbitter.ai_types;
DROP TABLE saltbitter.attachment_assessments;

DROP VIEW saltbitter.consent_logs;

DROP FUNCTION IF EXISTS saltbitter.tg_refuse_log_change();
