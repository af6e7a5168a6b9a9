-- The journal's functions say IMMUTABLE again.

ALTER FUNCTION persona.audit_action(text, text, jsonb) IMMUTABLE;
ALTER FUNCTION persona.audit_details(text, text, text, jsonb) IMMUTABLE;
