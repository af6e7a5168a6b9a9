CREATE SCHEMA IF NOT EXISTS chatsphere;

COMMENT ON SCHEMA chatsphere IS
'The chatbot platform: accounts with their plans and keys, the bots that they build, what these
learn from, their conversations, and what is measured of them.
@app
@extensions vector>=0.8 pg_trgm btree_gin';

GRANT USAGE ON SCHEMA chatsphere
TO chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer, strongroom_runner;

-- A function can only be given to a role that may create in its schema. No program's login can
-- become this role; the owner and the migrator can.
GRANT CREATE ON SCHEMA chatsphere TO chatsphere_definer;
