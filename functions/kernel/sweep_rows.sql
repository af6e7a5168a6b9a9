CREATE OR REPLACE FUNCTION kernel.sweep_rows(
    p_policy text,
    p_from timestamptz,
    p_limit integer,
    p_now timestamptz,
    OUT row_count bigint,
    OUT swept_to timestamptz
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
SET intervalstyle = 'iso_8601'
SET extra_float_digits = '1'
SET bytea_output = 'hex'
AS $$
DECLARE
    v_policy record;
    v_due CONSTANT text := kernel.retention_due(p_policy, p_now);
    v_free text;
    v_window record;
BEGIN
    SELECT
        p.relation,
        p.action = 'delete' AS deletes,
        p.action = 'delete' AND EXISTS (
            SELECT FROM kernel.foreign_keys_to(p.relation)
        ) AS is_referred,
        p.time_expression AS time,
        kernel.retention_time_type(p.relation, p.time_expression, p.columns) AS time_type
    INTO v_policy
    FROM kernel.retention_policy AS p
    WHERE p.name = p_policy;
    v_free := kernel.retention_free(v_policy.relation, v_policy.deletes);
    row_count := 0;
    swept_to := p_from;
    WHILE row_count = 0 AND v_free <> 'false' LOOP
        SELECT w.upto, w.is_crowded
        INTO v_window
        FROM kernel.retention_window(p_policy, v_due, swept_to, p_limit, p_now) AS w;
        EXIT WHEN v_window.upto IS NULL;
        row_count := kernel.destroy_rows(
            p_policy, v_policy.relation,
            format(
                '%1$s >= %2$L::timestamptz::%4$s AND %1$s < %3$L::timestamptz::%4$s AND %5$s AND %6$s',
                v_policy.time, swept_to, v_window.upto, v_policy.time_type, v_due, v_free
            ),
            ARRAY[swept_to::text, v_window.upto::text], p_limit,
            v_window.is_crowded OR v_policy.is_referred
        );
        -- As many as were wanted: there may be more in this window.
        IF row_count < p_limit OR NOT v_window.is_crowded THEN
            swept_to := v_window.upto;
        END IF;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.sweep_rows(text, timestamptz, integer, timestamptz) IS
'Goes on with the sweep of a policy from a time, window by window, until a window had something to
destroy or the end is reached: how many rows went, and how far it came. For use under
kernel.lock_pins().';
