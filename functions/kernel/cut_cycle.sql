CREATE OR REPLACE FUNCTION kernel.cut_cycle(p_step kernel.erasure_step, p_subject text)
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
BEGIN
    EXECUTE format(
        'UPDATE %s AS t SET %s WHERE (%s) AND %s',
        p_step.relation, p_step.assignment, p_step.condition, kernel.erasure_free(p_step.relation)
    ) USING p_subject;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    PERFORM kernel.end_erasure_step(p_step, v_count);
    RETURN 1;
END;
$$;

COMMENT ON FUNCTION kernel.cut_cycle(kernel.erasure_step, text) IS
'Empties the columns of foreign keys that go round in a circle, so that rows can go one table after
the other. For use under kernel.lock_pins().';
