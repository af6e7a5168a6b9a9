CREATE OR REPLACE FUNCTION kernel.begin_expiry(p_partition regclass)
RETURNS text
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
    v_found record;
    v_form text;
    v_read_before xid8;
    v_read record;
BEGIN
    SELECT * INTO v_found FROM kernel.expired_partitions() AS e WHERE e.partition = p_partition;
    IF NOT FOUND OR kernel.has_partition_pins(p_partition, v_found.parent) THEN
        DELETE FROM kernel.expiring_partition AS e WHERE e.partition = p_partition;
        RETURN CASE WHEN v_found.partition IS NULL THEN 'kept' ELSE 'held' END;
    END IF;
    IF kernel.is_partition_as_read(p_partition) THEN
        RETURN 'begun';
    END IF;

    -- Both from before the rows are read: what happens between these statements is noticed later.
    v_form := kernel.partition_form(p_partition);
    v_read_before := pg_snapshot_xmin(pg_current_snapshot());
    PERFORM kernel.count_partition(
        v_found.parent, p_partition, v_found.first_position, v_found.last_position
    );
    SELECT d.row_count, d.digest INTO v_read FROM kernel.digest_partition(p_partition) AS d;
    INSERT INTO kernel.expiring_partition AS e (
        partition, parent, first_position, last_position, row_count, digest, read_before, form
    )
    VALUES (
        p_partition, v_found.parent, v_found.first_position, v_found.last_position,
        v_read.row_count, v_read.digest, v_read_before, v_form
    )
    ON CONFLICT (partition) DO UPDATE
    SET row_count = excluded.row_count, digest = excluded.digest,
        read_before = excluded.read_before, form = excluded.form;
    RETURN 'begun';
END;
$$;

COMMENT ON FUNCTION kernel.begin_expiry(regclass) IS
'Writes down that a partition is on its way out, with count and digest of its rows: begun, or why
not: kept (it is not past its time) or held (kernel.has_partition_pins). Nothing else changes, and
nobody waits, however long the reading takes. Raises KR011 PartitionCountsDiffer.';
