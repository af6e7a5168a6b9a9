CREATE OR REPLACE FUNCTION kernel.adopt_partitions(
    p_parent regclass,
    p_key_kind text,
    p_every interval DEFAULT NULL,
    p_every_ids bigint DEFAULT NULL,
    p_ahead integer DEFAULT 12
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
    v_partition regclass;
    v_count bigint := 0;
BEGIN
    INSERT INTO kernel.partition_policy (parent, key_kind, every, every_ids, ahead)
    VALUES (p_parent, p_key_kind, p_every, p_every_ids, p_ahead);
    FOR v_partition IN
        SELECT s.partition FROM kernel.partition_spans(p_parent) AS s ORDER BY s.span
    LOOP
        PERFORM kernel.align_partition(v_partition);
        v_count := v_count + 1;
    END LOOP;
    PERFORM kernel.fill_partition_gaps(d.parent, d.spans, d.suffixes)
    FROM kernel.due_partitions(now(), p_parent) AS d;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.adopt_partitions(regclass, text, interval, bigint, integer) IS
'Takes over a partitioned table that others made: gives it a policy, closes each partition
(kernel.align_partition), and makes what is due beside them; their bounds may be of any width. It
expires nothing until the policy says how long to keep. Answers how many partitions it found.
Raises KR010 UnfitPartitionPolicy.';
