CREATE OR REPLACE FUNCTION kernel.erase_counters(p_app text, p_subject text)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_counter record;
    v_parts record;
    v_subject text;
    v_rows bigint;
    v_count bigint := 0;
BEGIN
    -- Refuses what is nobody's id, lest nothing be erased in silence.
    PERFORM kernel.require_unheld_subject(p_app, kernel.canonical_subject(p_app, p_subject));
    FOR v_counter IN
        SELECT c.app, c.name, c.id FROM kernel.counter AS c WHERE c.app = p_app ORDER BY c.id
    LOOP
        v_parts := kernel.counter_parts(v_counter.app, v_counter.name);
        CONTINUE WHEN v_parts.subjects = '{}';
        PERFORM pg_advisory_xact_lock(kernel.lock_space('counter'), v_counter.id);
        -- Deltas of a person whose rows are gone come to nothing, and are gone with this.
        PERFORM kernel.fold_counter(v_counter.app, v_counter.name, NULL);
        CONTINUE WHEN v_parts.is_live;
        FOREACH v_subject IN ARRAY v_parts.subjects LOOP
            EXECUTE format(
                'WITH gone AS ('
                ' DELETE FROM %1$s AS t WHERE t.%2$I = %3$L RETURNING t.*'
                '), merged AS ('
                ' INSERT INTO %1$s AS t (%4$s) SELECT %5$s FROM ('
                ' SELECT (jsonb_populate_record(NULL::%1$s, to_jsonb(g) - %2$L)).* FROM gone AS g'
                ') AS c WHERE %6$L %7$s'
                ' ON CONFLICT %8$s DO UPDATE SET counted = t.counted + EXCLUDED.counted %9$s'
                ') SELECT count(*) FROM gone',
                v_parts.totals, v_subject, p_subject, v_parts.columns, v_parts.sums,
                v_parts.on_erase = 'anonymise', v_parts.per_name, v_parts.conflict,
                CASE WHEN v_parts.has_sum THEN ', summed = t.summed + EXCLUDED.summed' END
            )
            INTO v_rows;
            v_count := v_count + v_rows;
        END LOOP;
    END LOOP;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.erase_counters(text, text) IS
'Erases a person from the counters of an app that count by person, and returns how many totals went.
What ..._ever counted of them is deleted, or added to nobody''s, as the counter was declared; ..._live
counters follow the rows themselves, so erase those first. For when the person writes no more.
Raises KR026 SubjectHeld, KR041 InvalidHold, KR045 IsolationTooStrict.';

GRANT EXECUTE ON FUNCTION kernel.erase_counters(text, text) TO strongroom_runner;
