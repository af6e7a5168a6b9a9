CREATE OR REPLACE FUNCTION kernel.mark_serving(p_reason text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    LOCK TABLE kernel.serving_gate IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM kernel.serving_gate;
    INSERT INTO kernel.serving_gate (
        database_id, table_id, system_identifier, server_version, reason
    )
    SELECT
        d.oid, 'kernel.serving_gate'::regclass, c.system_identifier,
        current_setting('server_version_num')::integer / 10000, p_reason
    FROM pg_database AS d
    CROSS JOIN pg_control_system() AS c
    WHERE d.datname = current_database();
    -- Not pg_current_xact_id(): after a savepoint, rows carry another number.
    UPDATE kernel.serving_gate AS g SET transaction_id = g.xmin;
END;
$$;

COMMENT ON FUNCTION kernel.mark_serving(text) IS
'Lets this database serve, whatever was replayed or not. For the owner: when a database is new, and
when there is no ledger and it was decided so. kernel.open_gate() is what asks first.
p_reason: why, 1 to 500 characters, kept in kernel.serving_gate.';
