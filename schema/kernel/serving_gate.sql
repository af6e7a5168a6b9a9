CREATE TABLE kernel.serving_gate (
    database_id oid NOT NULL,
    table_id oid NOT NULL,
    transaction_id xid NOT NULL DEFAULT '0',
    system_identifier bigint NOT NULL,
    server_version integer NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    opened_by text NOT NULL DEFAULT SESSION_USER,
    reason text NOT NULL,
    CONSTRAINT serving_gate_reason_length_check CHECK (length(reason) BETWEEN 1 AND 500)
);

-- So that it can be published, without a key.
ALTER TABLE kernel.serving_gate REPLICA IDENTITY FULL;

COMMENT ON TABLE kernel.serving_gate IS
'Says that this database may serve, and what it was when that was said. One row; kernel.gate_problem()
compares it with what the database is. A copy brings the row along, and it no longer fits.
@keyless a dump that is loaded into its own database must bring its row in beside the one there';
COMMENT ON COLUMN kernel.serving_gate.database_id IS
'Number of the database in its cluster: pg_database.oid. 0 where the gate was closed.';
COMMENT ON COLUMN kernel.serving_gate.table_id IS
'Number of this table.';
COMMENT ON COLUMN kernel.serving_gate.transaction_id IS
'The transaction that wrote the row, which PostgreSQL keeps in xmin as well. 0 where the gate was
closed.';
COMMENT ON COLUMN kernel.serving_gate.system_identifier IS
'The cluster, as pg_control_system() tells it.';
COMMENT ON COLUMN kernel.serving_gate.server_version IS
'Major version of the server.';
COMMENT ON COLUMN kernel.serving_gate.opened_at IS
'When the gate was opened or closed.';
COMMENT ON COLUMN kernel.serving_gate.opened_by IS
'The login that did.';
COMMENT ON COLUMN kernel.serving_gate.reason IS
'Why.';

ALTER TABLE kernel.serving_gate ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.serving_gate FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.serving_gate
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_reader ON kernel.serving_gate
FOR SELECT TO strongroom_definer, strongroom_runner USING (true);

GRANT SELECT ON kernel.serving_gate TO strongroom_definer, strongroom_runner;

CREATE TRIGGER t10_ask_gate
AFTER INSERT ON kernel.serving_gate
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_ask_gate();

COMMENT ON TRIGGER t10_ask_gate ON kernel.serving_gate IS
'A row that a restore brings closes the gate for sessions that are there already.';

-- A new database has nothing to replay, and the ledger of one that gets this table now is empty.
SELECT kernel.mark_serving('the gate was built');
