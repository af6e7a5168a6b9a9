CREATE OR REPLACE FUNCTION kernel.sweep_partitions(
    p_policy text,
    p_limit integer,
    p_now timestamptz
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
SET intervalstyle = 'iso_8601'
SET extra_float_digits = '1'
SET bytea_output = 'hex'
AS $$
DECLARE
    v_root CONSTANT regclass := (
        SELECT p.relation FROM kernel.retention_policy AS p WHERE p.name = p_policy
    );
    v_free CONSTANT text := kernel.retention_free(v_root, true);
    v_expired record;
    v_count bigint;
BEGIN
    FOR v_expired IN
        SELECT e.partition, e.bounds FROM kernel.expired_spans(v_root, p_now) AS e
    LOOP
        EXIT WHEN v_free = 'false';
        CONTINUE WHEN kernel.is_partition_free(v_expired.partition, v_root);
        v_count := kernel.destroy_rows(
            p_policy, v_expired.partition, v_free, v_expired.bounds, p_limit, true
        );
        IF v_count > 0 THEN
            RETURN v_count;
        END IF;
    END LOOP;
    RETURN 0;
END;
$$;

COMMENT ON FUNCTION kernel.sweep_partitions(text, integer, timestamptz) IS
'One batch of a policy of action drop: of the first partition that is past its time and can''t be
dropped for a hold, rows that nothing keeps; how many. Partitions that are free are left to the
runner, which drops them. For use under kernel.lock_pins().';
