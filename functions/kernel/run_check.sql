CREATE OR REPLACE FUNCTION kernel.run_check(p_schema text, p_view text, p_name text)
RETURNS kernel.finding[]
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_found kernel.finding[];
    v_state text;
    v_message text;
    v_is_right boolean;
BEGIN
    BEGIN
        EXECUTE format(
            'SELECT array_agg(ROW(v.*)::kernel.finding) FROM %I.%I AS v', p_schema, p_view
        )
        INTO v_found;
        SELECT bool_and(
            coalesce(f.level IN ('ERROR', 'WARN', 'INFO'), false)
            AND num_nulls(f.name, f.detail, f.cache_key) = 0
            AND coalesce(jsonb_typeof(f.metadata), 'object') = 'object'
        )
        INTO v_is_right
        FROM unnest(v_found) AS f;
        IF v_is_right THEN
            RETURN v_found;
        ELSIF v_found IS NULL THEN
            RETURN ARRAY[]::kernel.finding[];
        END IF;
        v_state := '42P17';
        v_message := 'it gives a row without name, detail or cache_key, with an unknown'
            ' level, or with metadata that is no object';
    EXCEPTION
        -- One check that can't be run must not take the others' findings with it.
        WHEN OTHERS THEN
            v_state := SQLSTATE;
            v_message := SQLERRM;
    END;
    RETURN ARRAY[kernel.failed_check(p_name, v_state, v_message)];
END;
$$;

COMMENT ON FUNCTION kernel.run_check(text, text, text) IS
'What one check finds. A check that fails, whatever the error, gives one finding that says so.';

GRANT EXECUTE ON FUNCTION kernel.run_check(text, text, text) TO strongroom_runner, pg_monitor;
