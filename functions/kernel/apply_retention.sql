CREATE OR REPLACE FUNCTION kernel.apply_retention(
    p_policy text,
    p_limit integer DEFAULT 50000,
    p_now timestamptz DEFAULT pg_catalog.now()
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_policy record;
    v_done record;
BEGIN
    PERFORM kernel.require_batch(p_limit, p_now);
    SELECT b.action, b.swept_to INTO v_policy FROM kernel.begin_batch(p_policy) AS b;
    IF v_policy.action IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM kernel.lock_pins();
    IF v_policy.action = 'drop' THEN
        RETURN kernel.sweep_partitions(p_policy, p_limit, p_now);
    END IF;
    SELECT s.row_count, s.swept_to
    INTO v_done
    FROM kernel.sweep_rows(
        p_policy, coalesce(v_policy.swept_to, '-infinity'), p_limit, p_now
    ) AS s;
    -- Nothing found: the next sweep begins at the oldest row again.
    UPDATE kernel.retention_policy AS p
    SET swept_to = CASE WHEN v_done.row_count > 0 THEN v_done.swept_to END
    WHERE p.name = p_policy;
    RETURN v_done.row_count;
END;
$$;

COMMENT ON FUNCTION kernel.apply_retention(text, integer, timestamptz) IS
'One batch of a policy, of at most p_limit rows; how many rows went. 0 when its sweep has come to the
end, when it is switched off, or while another runner is at it. What is on hold, of a pinned person,
referred to by another row, or locked stays for a later sweep. Each batch goes on where the last
stopped, and writes its record of destruction with it.
Raises KR030 UnfitRetentionPolicy, KR031 ClockAhead, KR032 UnknownRetentionPolicy, KR033
UnstableMask, KR045 IsolationTooStrict.';

GRANT EXECUTE ON FUNCTION kernel.apply_retention(text, integer, timestamptz) TO strongroom_runner;

CREATE OR REPLACE FUNCTION kernel.apply_retention()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_name text;
    v_count bigint;
BEGIN
    PERFORM kernel.lock_pins();
    FOR v_name IN
        SELECT p.name
        FROM kernel.retention_policy AS p
        WHERE p.is_enabled AND NOT p.is_swept
        -- What refers to others goes before what it refers to, so that one run does both.
        ORDER BY cardinality(ARRAY(SELECT kernel.referred_tables(p.relation))) DESC, p.name
    LOOP
        v_count := kernel.try_policy(v_name);
        IF v_count > 0 THEN
            RETURN v_count;
        END IF;
    END LOOP;
    PERFORM kernel.end_sweeps();
    RETURN 0;
END;
$$;

COMMENT ON FUNCTION kernel.apply_retention() IS
'A job: one batch of the first policy that has something to do; how many rows went, 0 when all
policies are done for now. A policy whose batch fails stops no other (kernel.try_policy). What comes to
be past its time during a run is left to the next one, so that each policy has its turn. Several runners
may be at it. Raises KR045 IsolationTooStrict.';

GRANT EXECUTE ON FUNCTION kernel.apply_retention() TO strongroom_runner;
