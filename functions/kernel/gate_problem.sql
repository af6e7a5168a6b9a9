CREATE OR REPLACE FUNCTION kernel.gate_problem()
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_rows bigint;
    v_genuine bigint;
    v_reason text;
BEGIN
    IF to_regclass('kernel.serving_gate') IS NULL THEN
        RETURN 'The table kernel.serving_gate is missing.';
    END IF;
    SELECT
        count(*),
        count(*) FILTER (
            -- A dump and its restore write the row anew, in another transaction; a copy of the files
            -- lies in a database with another number. Neither VACUUM nor pg_upgrade changes any.
            WHERE g.transaction_id = g.xmin
              AND g.table_id = g.tableoid
              AND g.database_id = d.oid
              -- pg_upgrade makes a new cluster, of another version.
              AND (
                  g.server_version <> current_setting('server_version_num')::integer / 10000
                  OR g.system_identifier = (SELECT c.system_identifier FROM pg_control_system() AS c)
              )
        ),
        min(g.reason) FILTER (WHERE g.transaction_id = '0')
    INTO v_rows, v_genuine, v_reason
    FROM kernel.serving_gate AS g
    CROSS JOIN pg_database AS d
    WHERE d.datname = current_database();
    RETURN CASE
        WHEN v_rows = v_genuine AND v_rows > 0 THEN NULL
        WHEN v_rows = 0 THEN 'Nobody has opened it: kernel.serving_gate is empty.'
        WHEN v_reason IS NOT NULL THEN 'It was closed: ' || v_reason
        ELSE 'It was opened as another database than this one: it was restored or copied from there.'
    END;
END;
$$;

COMMENT ON FUNCTION kernel.gate_problem() IS
'Why this database may not serve, as a sentence; NULL where it may. A database that was opened is
recognised by the transaction that wrote the row of kernel.serving_gate and by where that row lies.';

GRANT EXECUTE ON FUNCTION kernel.gate_problem() TO strongroom_definer, strongroom_runner;
