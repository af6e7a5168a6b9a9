CREATE OR REPLACE FUNCTION kernel.lock_space(p_use text)
RETURNS integer
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- 0x53540000; the command's own lock of deployers has another first half.
    c_base CONSTANT integer := 1398013952;
    c_number CONSTANT integer := CASE p_use
        WHEN 'job' THEN 1
        WHEN 'counter' THEN 2
        WHEN 'expiry' THEN 3
        WHEN 'replay' THEN 4
        WHEN 'consent' THEN 5
    END;
BEGIN
    IF c_number IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('no advisory locks are kept for %L', p_use),
            HINT = 'Add the use to kernel.lock_space() and to docs/kernel/jobs.md.';
    END IF;
    RETURN c_base + c_number;
END;
$$;

COMMENT ON FUNCTION kernel.lock_space(text) IS
'The first half of the advisory locks for one use, so that no two uses collide; the second half says
which job, which counter. Advisory locks of the kernel always have two halves.';

GRANT EXECUTE ON FUNCTION kernel.lock_space(text) TO strongroom_runner, strongroom_definer;
