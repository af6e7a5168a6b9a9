CREATE OR REPLACE FUNCTION kernel.maintain_partitions()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN kernel.extend_partitions(now());
END;
$$;

COMMENT ON FUNCTION kernel.maintain_partitions() IS
'Makes the partitions that are due now for every table with a policy; their number, 0 when nothing
is left to do. It drops nothing.';

GRANT EXECUTE ON FUNCTION kernel.maintain_partitions() TO strongroom_runner;
