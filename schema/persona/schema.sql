CREATE SCHEMA IF NOT EXISTS persona;

COMMENT ON SCHEMA persona IS
'The personalised language-model bot: people and their settings, administrators and their rights,
cached answers, use by vendor, subscriptions.
@app';

GRANT USAGE ON SCHEMA persona TO persona_app, persona_worker, persona_analyst, persona_definer;

-- A function can only be given to a role that may create in its schema. No program's login can
-- become this role; the owner and the migrator can.
GRANT CREATE ON SCHEMA persona TO persona_definer;
