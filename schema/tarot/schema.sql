CREATE SCHEMA IF NOT EXISTS tarot;

COMMENT ON SCHEMA tarot IS
'The tarot bot: people, their credits with the ledger behind them, and the readings that they drew.
@app';

GRANT USAGE ON SCHEMA tarot
TO tarot_app, tarot_worker, tarot_analyst, tarot_definer, strongroom_runner;

-- A function can only be given to a role that may create in its schema. No program's login can
-- become this role; the owner and the migrator can.
GRANT CREATE ON SCHEMA tarot TO tarot_definer;
