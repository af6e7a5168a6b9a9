CREATE OR REPLACE FUNCTION kernel.end_erasure_step(
    p_step kernel.erasure_step,
    p_rows bigint,
    p_is_done boolean DEFAULT true
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A step that a hold stops is not done, whatever it did.
    UPDATE kernel.erasure_step AS s
    SET row_count = s.row_count + p_rows,
        state = CASE WHEN p_is_done AND s.state <> 'held' THEN 'done' ELSE s.state END,
        finished_at = CASE WHEN p_is_done AND s.state <> 'held' THEN clock_timestamp() END
    WHERE s.request_id = p_step.request_id AND s.id = p_step.id;
END;
$$;

COMMENT ON FUNCTION kernel.end_erasure_step(kernel.erasure_step, bigint, boolean) IS
'Writes down what a batch of a step did, and whether the step is done.';
