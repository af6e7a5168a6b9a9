-- The functions read their literals by the settings of the session again; what was deleted stays away.

ALTER FUNCTION persona.sanitised_text(text) RESET standard_conforming_strings;
ALTER FUNCTION persona.is_free_of_secrets(jsonb) RESET standard_conforming_strings;
