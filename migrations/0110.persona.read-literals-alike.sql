-- Find secrets and numbers of people under standard_conforming_strings = off, too.
-- depends: 0109.persona.validate-settings
-- locks: rows of persona.llm_cache that hold what it must not

ALTER FUNCTION persona.is_free_of_secrets(jsonb) SET standard_conforming_strings = on;
ALTER FUNCTION persona.sanitised_text(text) SET standard_conforming_strings = on;

-- What a session that had it off got in. Answers are asked for again.
DELETE FROM persona.llm_cache AS c
WHERE c.request_payload <> persona.sanitised(c.request_payload)
   OR c.user_id IS NULL AND c.response_payload <> persona.sanitised(c.response_payload);
-- Where this fails, a secret stands in llm_config: take it out, and make a new one.
UPDATE persona.app_settings AS s
SET llm_config = s.llm_config
WHERE NOT persona.is_free_of_secrets(s.llm_config);
