-- Takes every cached answer with it; models can be asked again.

DELETE FROM kernel.retention_policy WHERE name IN ('llm_cache', 'llm_cache_claims');
DROP TABLE persona.llm_cache_claims;
DROP TABLE persona.llm_cache;
DROP FUNCTION persona.sanitised(jsonb);
DROP FUNCTION persona.sanitised_text(text);
