CREATE OR REPLACE FUNCTION kernel.close_gate(p_reason text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    LOCK TABLE kernel.serving_gate IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM kernel.serving_gate;
    INSERT INTO kernel.serving_gate (
        database_id, table_id, system_identifier, server_version, reason
    )
    VALUES (0, 0, 0, 0, p_reason);
END;
$$;

COMMENT ON FUNCTION kernel.close_gate(text) IS
'Keeps the roles of apps out of this database until kernel.open_gate(). For copies that are made below
PostgreSQL (a base backup, a snapshot of the disk, recovery to a point in time): nothing in them tells
them from a standby that took over. Statements that run go on.
p_reason: why, 1 to 500 characters, shown by the check erasures_not_replayed.';

GRANT EXECUTE ON FUNCTION kernel.close_gate(text) TO strongroom_runner;
