-- An app in which people order, with nasty names; the role is the owner's at the end.
CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE ROLE probe_definer IN ROLE strongroom_client;
CREATE ROLE probe_app IN ROLE strongroom_client;
GRANT probe_definer TO strongroom_owner;
GRANT USAGE, CREATE ON SCHEMA probe TO probe_definer;
GRANT USAGE ON SCHEMA probe TO probe_app, strongroom_runner;
GRANT USAGE ON SCHEMA pgtap TO strongroom_owner, strongroom_runner, probe_app, probe_definer;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pgtap
TO strongroom_owner, strongroom_runner, probe_app, probe_definer;
GRANT ALL ON ALL TABLES IN SCHEMA pgtap TO strongroom_owner, strongroom_runner, probe_app;
SET LOCAL ROLE strongroom_owner;
CREATE TABLE probe.orders (
    user_id bigint NOT NULL,
    id integer NOT NULL,
    "what; ""is'%I" text,
    amount integer,
    status text NOT NULL DEFAULT 'open',
    at timestamptz NOT NULL DEFAULT '2026-05-01 12:00+0',
    new_rows integer,
    tg_op integer,
    CONSTRAINT orders_pkey PRIMARY KEY (user_id, id)
);
COMMENT ON COLUMN probe.orders.user_id IS E'Who.\n@internal';
COMMENT ON COLUMN probe.orders."what; ""is'%I" IS E'What.\n@personal content\n@erase delete';
COMMENT ON COLUMN probe.orders.amount IS E'How much.\n@personal financial\n@erase delete';
ALTER TABLE probe.orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe.orders FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON probe.orders TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_own ON probe.orders TO probe_app
USING (user_id = kernel.user_bigint()) WITH CHECK (user_id = kernel.user_bigint());
GRANT SELECT, INSERT, UPDATE, DELETE ON probe.orders TO probe_app;
