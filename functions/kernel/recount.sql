CREATE OR REPLACE FUNCTION kernel.recount(
    p_app text,
    p_name text,
    p_repair boolean DEFAULT true
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
    v_wrong text;
    v_count bigint;
BEGIN
    v_parts := kernel.counter_parts(p_app, p_name);
    IF kernel.hides_rows(v_parts.relation) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR051',
            MESSAGE = format('%s can''t be counted in this way', v_parts.relation),
            DETAIL = 'its owner has no policy for all rows, and would count none',
            HINT = 'See docs/kernel/counters.md.';
    END IF;
    IF p_repair THEN
        -- What another has appended and not committed would be appended once more.
        PERFORM pg_advisory_xact_lock(kernel.lock_space('counter'), v_parts.id);
    END IF;
    -- Rows and figures of one snapshot: a write is in both or in neither, so nobody has to wait.
    v_wrong := format(
        'SELECT %1$s FROM ('
        ' SELECT %2$s FROM %3$s AS r WHERE %4$s %5$s'
        ' UNION ALL SELECT %6$s FROM %7$s AS c'
        ' UNION ALL SELECT %6$s FROM %8$s AS c'
        ') AS c (%9$s) %10$s HAVING %11$s',
        v_parts.sums, v_parts.plus, v_parts.relation, v_parts.condition, v_parts.per_group,
        v_parts.negated,
        v_parts.totals, v_parts.deltas, v_parts.columns, v_parts.per_name,
        -- Who was deleted is known to the counter alone.
        CASE WHEN v_parts.is_live THEN v_parts.differs ELSE 'sum(c.counted) > 0' END
    );
    IF p_repair THEN
        EXECUTE format('INSERT INTO %s (%s) %s', v_parts.deltas, v_parts.columns, v_wrong);
        GET DIAGNOSTICS v_count = ROW_COUNT;
        -- Whatever it is: a snapshot that is older than another's repair fails here.
        UPDATE kernel.counter AS c
        SET backfilled_at = coalesce(c.backfilled_at, clock_timestamp())
        WHERE c.app = p_app AND c.name = p_name;
    ELSE
        EXECUTE format('SELECT count(*) FROM (%s) AS wrong', v_wrong) INTO v_count;
    END IF;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.recount(text, text, boolean) IS
'Compares a counter with the rows of its table, under one snapshot and without a lock on it, and returns
how many groups were wrong; p_repair appends what was missing, one session at a time. Of a counter ..._ever, only groups with
fewer counted than there are rows are seen to be wrong. Raises KR051 NotCountable, KR053 UnknownCounter.';

GRANT EXECUTE ON FUNCTION kernel.recount(text, text, boolean) TO strongroom_runner;
