CREATE OR REPLACE FUNCTION kernel.create_due_partitions(p_parent regclass, p_now timestamptz)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_piece record;
    v_made integer := 0;
BEGIN
    -- One at a time for each parent; what ATTACH needs anyway.
    EXECUTE format('LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE', p_parent);
    FOR v_piece IN
        WITH
        policy AS (
            SELECT p.*, c.relname, h.key AS highest
            FROM kernel.partition_policy AS p
            JOIN pg_class AS c ON c.oid = p.parent
            CROSS JOIN LATERAL (
                SELECT CASE WHEN p.key_kind = 'bigint' THEN kernel.highest_key(p.parent) END
            ) AS h (key)
            WHERE p.parent = p_parent
        ),
        covered AS (
            SELECT coalesce(range_agg(s.span), '{}') AS spans
            FROM kernel.partition_spans(p_parent) AS s
        )
        SELECT
            lower(gap.span) AS first_position,
            upper(gap.span) AS last_position,
            kernel.partition_name(
                p.relname,
                CASE
                    WHEN lower(gap.span) = lower(s.span) THEN s.suffix
                    WHEN p.key_kind = 'bigint' THEN '_p' || lower(gap.span)
                    ELSE kernel.partition_suffix(
                        p.every, timestamp 'epoch' + lower(gap.span) * interval '1 second'
                    )
                END
            ) AS name
        FROM policy AS p
        CROSS JOIN kernel.partition_steps(p.every, p.every_ids, p_now, p.highest, p.ahead) AS s
        CROSS JOIN covered
        CROSS JOIN unnest(nummultirange(s.span) - covered.spans) AS gap (span)
        WHERE upper(s.span) > kernel.partition_cutoff(p.keep, p.keep_ids, p_now, p.highest)
        ORDER BY gap.span
    LOOP
        PERFORM kernel.create_partition(
            p_parent, v_piece.name, v_piece.first_position, v_piece.last_position
        );
        v_made := v_made + 1;
    END LOOP;
    RETURN v_made;
END;
$$;

COMMENT ON FUNCTION kernel.create_due_partitions(regclass, timestamptz) IS
'Makes the partitions that a table''s policy wants at a moment and that no partition covers yet;
their number. Waits for others who change the same table''s partitions.';
