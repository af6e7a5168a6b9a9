CREATE OR REPLACE FUNCTION kernel.note_batch(p_policy text, p_count bigint, p_error_code text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE kernel.retention_policy AS p
    SET is_swept = p_count = 0 OR o.is_over,
        -- The next sweep begins at the oldest row again.
        swept_to = CASE WHEN NOT o.is_over THEN p.swept_to END,
        error_code = CASE
            -- Somebody was at its table: that passes.
            WHEN p_error_code IN ('55P03', '40001', '40P01') THEN p.error_code
            ELSE p_error_code
        END
    FROM (
        SELECT
            r.name,
            coalesce(
                r.swept_to >= kernel.retention_cutoff(
                    now(), r.keep_for, r.statutory_minimum, r.override_min_days
                ),
                false
            ) AS is_over
        FROM kernel.retention_policy AS r
        WHERE r.name = p_policy
        FOR NO KEY UPDATE SKIP LOCKED
    ) AS o
    WHERE p.name = o.name;
END;
$$;

COMMENT ON FUNCTION kernel.note_batch(text, bigint, text) IS
'Notes what came of a batch of a policy within a run of retention: the run is done with it where nothing
went or the sweep has come to its end, and the SQLSTATE by which it failed, or NULL. A policy that another
runner is at is left to it.';
