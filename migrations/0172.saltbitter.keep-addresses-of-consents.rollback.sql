-- Addresses that the ledger has stay there.

DROP FUNCTION IF EXISTS saltbitter.withdraw_consent(text, text, saltbitter.keyed_hash);
DROP FUNCTION IF EXISTS saltbitter.give_consent(text, integer, text, saltbitter.keyed_hash);
DROP FUNCTION IF EXISTS saltbitter.consent_evidence(saltbitter.keyed_hash);
DROP DOMAIN saltbitter.keyed_hash;
