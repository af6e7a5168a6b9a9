-- Let PostgreSQL write the journal's functions out where they are called: they say STABLE, as what they call does.
-- depends: 0117.persona.forget-unknown-askers
-- locks: none that anyone waits for

ALTER FUNCTION persona.audit_action(text, text, jsonb) STABLE;
ALTER FUNCTION persona.audit_details(text, text, text, jsonb) STABLE;
