CREATE OR REPLACE FUNCTION kernel.try_policy(p_policy text)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count bigint := 0;
    v_code text;
BEGIN
    BEGIN
        v_count := kernel.apply_retention(p_policy);
        -- What was deferred would fail at the end, and take what the others did along.
        SET CONSTRAINTS ALL IMMEDIATE;
    EXCEPTION
        -- One policy's trouble is not the others'.
        WHEN assert_failure OR OTHERS THEN
            v_count := 0;
            v_code := SQLSTATE;
            RAISE WARNING USING
                ERRCODE = v_code,
                MESSAGE = format('retention policy %s was not carried out', p_policy),
                DETAIL = format('%s (SQLSTATE %s)', SQLERRM, v_code),
                HINT = 'The other policies are; this one is tried again in the next run.';
    END;
    PERFORM kernel.note_batch(p_policy, v_count, v_code);
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.try_policy(text) IS
'One batch of a policy within a run of retention; how many rows went. Where it fails nothing of it stays:
a warning and kernel.retention_policy.error_code tell of it.';
