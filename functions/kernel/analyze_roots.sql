CREATE OR REPLACE FUNCTION kernel.analyze_roots()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '1s'
AS $$
DECLARE
    c_pause CONSTANT interval := interval '12 hours';
    v_root regclass;
BEGIN
    -- What the last batch did, where both are in one transaction.
    PERFORM pg_stat_clear_snapshot();
    FOR v_root IN
        SELECT c.oid::regclass
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL (
            -- Not pg_partition_tree, which waits for whoever has a partition locked.
            WITH RECURSIVE tree (relid) AS (
                SELECT c.oid
                UNION ALL
                SELECT i.inhrelid
                FROM tree AS t
                JOIN pg_inherits AS i ON i.inhparent = t.relid
            )
            SELECT
                sum(pg_stat_get_live_tuples(t.relid)) AS live_count,
                max(greatest(
                    pg_stat_get_last_analyze_time(t.relid), pg_stat_get_last_autoanalyze_time(t.relid)
                )) AS analyzed_at
            FROM tree AS t
            JOIN pg_class AS k ON k.oid = t.relid AND k.relkind <> 'p'
        ) AS parts
        WHERE c.relkind = 'p'
          AND NOT c.relispartition
          AND n.nspname IN (SELECT kernel.guarded_schemas())
          AND pg_has_role(c.relowner, 'USAGE')
          AND CASE
              WHEN pg_stat_get_last_analyze_time(c.oid) IS NULL THEN parts.live_count > 0
              ELSE pg_stat_get_last_analyze_time(c.oid) < least(now() - c_pause, parts.analyzed_at)
          END
        ORDER BY pg_stat_get_last_analyze_time(c.oid) NULLS FIRST, c.oid
    LOOP
        BEGIN
            EXECUTE format(
                'ANALYZE %s %s',
                -- Before, the partitions are read for themselves as well.
                CASE WHEN current_setting('server_version_num')::integer >= 180000 THEN 'ONLY' END,
                v_root
            );
            RETURN 1;
        EXCEPTION
            WHEN lock_not_available THEN
                RAISE WARNING USING
                    ERRCODE = SQLSTATE,
                    MESSAGE = format('%s was not analyzed', v_root),
                    DETAIL = 'Somebody else has it locked.',
                    HINT = 'The next run tries again.';
        END;
    END LOOP;
    RETURN 0;
END;
$$;

COMMENT ON FUNCTION kernel.analyze_roots() IS
'A job: gathers statistics of one table with partitions as a whole, which autovacuum never does: of
one that never had any, or whose partitions were analyzed since, at most twice a day. 1, or 0 when
nothing is left. A table that is locked is told of by a warning and waits for the next run.';

GRANT EXECUTE ON FUNCTION kernel.analyze_roots() TO strongroom_runner;
