CREATE SCHEMA IF NOT EXISTS saltbitter;

COMMENT ON SCHEMA saltbitter IS
'The dating platform: people and their profiles, searches nearby, decisions and matches, messages,
assessments, what laws want logged, subscriptions, payments and events.
@app
@extensions postgis';

GRANT USAGE ON SCHEMA saltbitter
TO saltbitter_app, saltbitter_worker, saltbitter_analyst, saltbitter_definer, strongroom_runner;

-- A function can only be given to a role that may create in its schema. No program's login can
-- become this role; the owner and the migrator can.
GRANT CREATE ON SCHEMA saltbitter TO saltbitter_definer;
