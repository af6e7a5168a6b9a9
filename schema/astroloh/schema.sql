CREATE SCHEMA IF NOT EXISTS astroloh;

COMMENT ON SCHEMA astroloh IS
'The horoscope assistant: people who come by voice or chat, their sealed birth data, dialogs,
consultations, and what is recommended to them.
@app';

GRANT USAGE ON SCHEMA astroloh
TO astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer, strongroom_runner;

-- A function can only be given to a role that may create in its schema. No program's login can
-- become this role; the owner and the migrator can.
GRANT CREATE ON SCHEMA astroloh TO astroloh_definer;
