-- Takes every decision, match and message with it: dump them first.

DROP FUNCTION IF EXISTS
    saltbitter.decide,
    saltbitter.matched_profile,
    saltbitter.nearby_profiles,
    saltbitter.refuse_match,
    saltbitter.unmatch
CASCADE;

DROP FUNCTION kernel.tg_seal_saltbitter__messages() CASCADE;

SELECT kernel.drop_masked_view('saltbitter.messages');
SELECT kernel.drop_masked_view('saltbitter.matches');
SELECT kernel.drop_masked_view('saltbitter.decisions');

DELETE FROM kernel.retention_policy
WHERE name IN ('saltbitter_messages');

DROP TABLE saltbitter.messages;
DROP TABLE saltbitter.matches;
DROP TABLE saltbitter.decisions;

DROP FUNCTION IF EXISTS
    saltbitter.tg_address_message(),
    saltbitter.tg_derive_status(),
    saltbitter.tg_follow_decision();
