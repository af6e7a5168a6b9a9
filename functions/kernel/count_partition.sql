CREATE OR REPLACE FUNCTION kernel.count_partition(
    p_parent regclass, p_partition regclass, p_first numeric, p_last numeric
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_key record;
    v_conditions text;
    v_rows bigint;
    v_root_rows bigint;
BEGIN
    SELECT * INTO v_key FROM kernel.partition_key(p_parent);
    v_conditions := concat_ws(
        ' AND ',
        CASE
            WHEN p_first > '-Infinity'
                THEN format(
                    't.%I >= %L::%s', v_key.key_name,
                    kernel.partition_bound(v_key.key_type, p_first), v_key.key_type
                )
        END,
        format(
            't.%I < %L::%s', v_key.key_name,
            kernel.partition_bound(v_key.key_type, p_last), v_key.key_type
        )
    );
    -- One statement, so that both count the same rows.
    EXECUTE format(
        'SELECT (SELECT count(*) FROM %s AS t), (SELECT count(*) FROM %s AS t WHERE %s)',
        p_partition, p_parent, v_conditions
    )
    INTO v_rows, v_root_rows;
    IF v_rows <> v_root_rows THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR011',
            MESSAGE = format('%s and %s disagree about their rows', p_partition, p_parent),
            DETAIL = format(
                'The partition has %s rows, its table %s rows where %s.',
                v_rows, v_root_rows, v_conditions
            ),
            HINT = 'Look for policies that hide rows from the owner: kernel.check_partition_drift.';
    END IF;
    RETURN v_rows;
END;
$$;

COMMENT ON FUNCTION kernel.count_partition(regclass, regclass, numeric, numeric) IS
'How many rows a partition has between two positions, counted in it and through its parent.
Raises KR011 PartitionCountsDiffer.';
