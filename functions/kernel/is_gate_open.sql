CREATE OR REPLACE FUNCTION kernel.is_gate_open()
RETURNS boolean
LANGUAGE plpgsql
-- It is not: its answer changes, though seldom. But so a session works it out once and keeps it in
-- the plan of kernel.is_serving(). Whatever closes the gate writes this function again, which makes
-- every session plan anew.
IMMUTABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN kernel.gate_problem() IS NULL;
END;
$$;

COMMENT ON FUNCTION kernel.is_gate_open() IS
'Whether this database was opened as the database that it is. For kernel.is_serving(), which keeps the
answer.';

ALTER FUNCTION kernel.is_gate_open() OWNER TO strongroom_definer;
GRANT EXECUTE ON FUNCTION kernel.is_gate_open() TO strongroom_client;
