CREATE OR REPLACE FUNCTION kernel.fold_counter(
    p_app text,
    p_name text,
    p_limit bigint DEFAULT 20000
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_parts record;
    v_count bigint;
    v_empty tid[];
BEGIN
    v_parts := kernel.counter_parts(p_app, p_name);
    IF NOT pg_try_advisory_xact_lock(kernel.lock_space('counter'), v_parts.id) THEN
        RETURN 0;
    END IF;
    -- By place, not by key: who folds is alone, and what is not folded never moves.
    EXECUTE format(
        'WITH gone AS ('
        ' DELETE FROM %1$s AS d WHERE d.ctid = ANY (ARRAY(SELECT s.ctid FROM %1$s AS s LIMIT $1))'
        ' RETURNING d.*'
        '), merged AS ('
        ' INSERT INTO %2$s AS t (%3$s) SELECT %4$s FROM gone AS c %5$s'
        ' ON CONFLICT %6$s DO UPDATE SET counted = t.counted + EXCLUDED.counted %7$s'
        ' RETURNING t.*, t.ctid'
        ') SELECT (SELECT count(*) FROM gone),'
        ' ARRAY(SELECT m.ctid FROM merged AS m WHERE m.counted = 0 %8$s)',
        v_parts.deltas, v_parts.totals, v_parts.columns, v_parts.sums,
        CASE WHEN v_parts.names = '{}' THEN 'HAVING count(*) > 0' ELSE v_parts.per_name END,
        v_parts.conflict,
        CASE WHEN v_parts.has_sum THEN ', summed = t.summed + EXCLUDED.summed' END,
        -- Half of a change may be folded already: no rows, but a sum.
        CASE WHEN v_parts.has_sum THEN 'AND m.summed = 0' END
    )
    INTO v_count, v_empty
    USING p_limit;
    EXECUTE format('DELETE FROM %s AS t WHERE t.ctid = ANY ($1)', v_parts.totals) USING v_empty;
    IF p_limit IS NULL OR v_count < p_limit THEN
        UPDATE kernel.counter AS c
        SET folded_at = clock_timestamp()
        WHERE c.app = p_app AND c.name = p_name;
    END IF;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.fold_counter(text, text, bigint) IS
'Folds deltas of a counter into its totals, at most p_limit (NULL: all), and returns how many; 0 also
while another session folds them. Readers see the same figures before and after.
Raises KR053 UnknownCounter.';

GRANT EXECUTE ON FUNCTION kernel.fold_counter(text, text, bigint) TO strongroom_runner;
