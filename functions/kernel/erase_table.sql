CREATE OR REPLACE FUNCTION kernel.erase_table(
    p_step kernel.erasure_step,
    p_subject text,
    p_limit integer
)
RETURNS bigint
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
    v_count bigint;
    v_left bigint;
    v_held bigint;
BEGIN
    IF p_step.action <> 'keep' THEN
        v_count := kernel.erase_rows(p_step, p_subject, p_limit);
        IF v_count > 0 THEN
            PERFORM kernel.end_erasure_step(p_step, v_count, false);
            RETURN v_count;
        END IF;
    END IF;
    EXECUTE format(
        'SELECT count(*), count(*) FILTER (WHERE NOT (%s)) FROM %s AS t WHERE (%s) AND %s',
        kernel.erasure_free(p_step.relation), p_step.relation, p_step.condition, p_step.pending
    ) INTO v_left, v_held USING p_subject;
    IF v_left = 0 OR p_step.action = 'keep' THEN
        UPDATE kernel.erasure_step AS s
        SET kept_count = v_left
        WHERE s.request_id = p_step.request_id AND s.id = p_step.id;
        PERFORM kernel.end_erasure_step(p_step, 0);
    ELSIF v_held > 0 OR EXISTS (
        SELECT
        FROM kernel.erasure_step AS s
        WHERE s.request_id = p_step.request_id AND s.state = 'held'
    )
    THEN
        UPDATE kernel.erasure_step AS s
        SET state = 'held'
        WHERE s.request_id = p_step.request_id AND s.id = p_step.id;
    ELSE
        RAISE EXCEPTION USING
            ERRCODE = 'KR096',
            MESSAGE = format('rows of %s stay as they are', p_step.relation),
            DETAIL = format('Others refer to %s rows.', v_left),
            HINT = 'Have the foreign key set NULL, or change the row by its tags instead of'
                ' deleting it.';
    END IF;
    RETURN 1;
END;
$$;

COMMENT ON FUNCTION kernel.erase_table(kernel.erasure_step, text, integer) IS
'One batch of a step that erases the rows of a table: how many, or 1 for the batch that finds none
left. Rows that a legal hold keeps, and rows that those refer to, leave the step held.
For use under kernel.lock_pins(). Raises KR096 RowsStay.';
