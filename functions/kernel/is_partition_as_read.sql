CREATE OR REPLACE FUNCTION kernel.is_partition_as_read(p_partition regclass)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
DECLARE
    v_mark kernel.expiring_partition;
    v_rows bigint;
    v_youngest integer;
BEGIN
    SELECT e.* INTO v_mark FROM kernel.expiring_partition AS e WHERE e.partition = p_partition;
    IF v_mark.digest IS NULL
        -- The rows of a partition with partitions of its own are in their files.
        OR EXISTS (SELECT FROM pg_class AS c WHERE c.oid = p_partition AND c.relkind = 'p')
        OR v_mark.form IS DISTINCT FROM kernel.partition_form(p_partition)
        -- Numbers of transactions that far apart can't be compared in a row, which has 32 bits.
        OR pg_snapshot_xmax(pg_current_snapshot())::text::bigint
        - v_mark.read_before::text::bigint >= 2 ^ 30
    THEN
        RETURN false;
    END IF;
    EXECUTE format('SELECT count(*), min(age(t.xmin)) FROM ONLY %s AS t', p_partition)
    INTO v_rows, v_youngest;
    -- What is visible now and was written before the reading was visible then: with as many rows as
    -- then, none is missing. Whatever was written since, by INSERT or UPDATE, is younger.
    RETURN v_rows = v_mark.row_count
        AND (v_rows = 0 OR v_youngest > age(v_mark.read_before::xid));
END;
$$;

COMMENT ON FUNCTION kernel.is_partition_as_read(regclass) IS
'Whether a partition on its way out (kernel.expiring_partition) has the very rows that it had when
it was counted and digested. False also where that is not known: its file or columns are others, it
came here by a dump, or its rows are so old that the number of their transaction was used again.
For use where nobody else can write to it.';
