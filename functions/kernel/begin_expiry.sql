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
BEGIN
    SELECT * INTO v_found FROM kernel.expired_partitions() AS e WHERE e.partition = p_partition;
    IF NOT FOUND OR NOT kernel.is_partition_free(p_partition, v_found.parent) THEN
        DELETE FROM kernel.expiring_partition AS e WHERE e.partition = p_partition;
        RETURN CASE WHEN v_found.partition IS NULL THEN 'kept' ELSE 'held' END;
    END IF;
    INSERT INTO kernel.expiring_partition AS e (
        partition, parent, first_position, last_position, row_count
    )
    VALUES (
        p_partition, v_found.parent, v_found.first_position, v_found.last_position,
        kernel.count_partition(
            v_found.parent, p_partition, v_found.first_position, v_found.last_position
        )
    )
    ON CONFLICT DO NOTHING;
    RETURN 'begun';
END;
$$;

COMMENT ON FUNCTION kernel.begin_expiry(regclass) IS
'Writes down that a partition is on its way out: begun, or why not: kept (it is not past its time)
or held (kernel.is_partition_free). Nothing else changes. Raises KR011 PartitionCountsDiffer.';
