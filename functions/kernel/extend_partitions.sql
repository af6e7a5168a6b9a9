CREATE OR REPLACE FUNCTION kernel.extend_partitions(p_now timestamptz DEFAULT now())
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '1s'
SET jit = off
AS $$
DECLARE
    v_parent regclass;
    v_made bigint := 0;
BEGIN
    FOR v_parent IN
        WITH
        policies AS MATERIALIZED (
            SELECT
                p.*,
                c.relname,
                c.relnamespace,
                h.key AS highest,
                -- By text, for 30 days and one month are equal as intervals.
                dense_rank() OVER (ORDER BY p.every::text, p.every_ids, p.ahead, h.key) AS pace
            FROM kernel.partition_policy AS p
            JOIN pg_class AS c ON c.oid = p.parent
            CROSS JOIN LATERAL (
                SELECT CASE WHEN p.key_kind = 'bigint' THEN kernel.highest_key(p.parent) END
            ) AS h (key)
        ),
        steps AS MATERIALIZED (
            SELECT p.pace, s.span, s.suffix
            FROM (SELECT DISTINCT ON (q.pace) q.* FROM policies AS q) AS p
            CROSS JOIN kernel.partition_steps(p.every, p.every_ids, p_now, p.highest, p.ahead) AS s
        )
        SELECT p.parent
        FROM policies AS p
        WHERE EXISTS (
            SELECT
            FROM steps AS s
            WHERE s.pace = p.pace
              AND upper(s.span) > kernel.partition_cutoff(p.keep, p.keep_ids, p_now, p.highest)
              -- By name, which is quick; whether something is missing is then looked at.
              AND NOT EXISTS (
                  SELECT
                  FROM pg_class AS k
                  JOIN pg_inherits AS i ON i.inhrelid = k.oid
                  WHERE k.relname = kernel.partition_name(p.relname, s.suffix)
                    AND k.relnamespace = p.relnamespace
                    AND i.inhparent = p.parent
              )
        )
        ORDER BY p.parent
    LOOP
        BEGIN
            v_made := v_made + kernel.create_due_partitions(v_parent, p_now);
        EXCEPTION
            -- One table's trouble is not the others'.
            WHEN transaction_rollback OR object_not_in_prerequisite_state OR data_exception
                OR integrity_constraint_violation OR syntax_error_or_access_rule_violation
                OR feature_not_supported OR program_limit_exceeded OR insufficient_resources
            THEN
                RAISE WARNING USING
                    ERRCODE = SQLSTATE,
                    MESSAGE = format('no partitions were made for %s', v_parent),
                    DETAIL = format('%s (SQLSTATE %s)', SQLERRM, SQLSTATE),
                    HINT = 'The other tables were served; this one is tried again next time.';
        END;
    END LOOP;
    RETURN v_made;
END;
$$;

COMMENT ON FUNCTION kernel.extend_partitions(timestamptz) IS
'Makes every partition that the policies want at a moment; their number. A table for which this
fails is told of by a warning, and the others are served.';
