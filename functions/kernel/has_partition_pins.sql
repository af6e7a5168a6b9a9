CREATE OR REPLACE FUNCTION kernel.has_partition_pins(
    p_partition regclass,
    p_root regclass DEFAULT NULL
)
RETURNS boolean
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
    -- A partition that was detached no longer knows its root.
    v_root CONSTANT regclass := coalesce(p_root, pg_partition_root(p_partition), p_partition);
    v_conditions text[];
    v_is_held boolean;
BEGIN
    -- Of what is not there, nobody knows that it is free.
    IF p_partition IS NULL THEN
        RETURN true;
    END IF;
    IF EXISTS (
        SELECT
        FROM kernel.legal_hold AS h
        WHERE h.released_at IS NULL
          AND h.row_key IS NULL
          AND h.relation IN (
              SELECT p_partition
              UNION ALL
              SELECT v_root
              UNION ALL
              SELECT a.relid FROM pg_partition_ancestors(p_partition) AS a
              UNION ALL
              SELECT t.relid FROM pg_partition_tree(p_partition) AS t
          )
    ) THEN
        RETURN true;
    END IF;

    v_conditions := kernel.pinned_conditions(v_root);
    IF p_partition NOT IN (SELECT t.relid FROM pg_partition_tree(v_root) AS t) THEN
        -- Holds on its rows may have been placed by its own name, once it was detached.
        v_conditions := v_conditions || kernel.pinned_conditions(p_partition);
    END IF;
    IF v_conditions = '{}' THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM %s AS t WHERE %s)',
        p_partition, array_to_string(v_conditions, ' OR ')
    )
    INTO v_is_held;
    RETURN v_is_held;
END;
$$;

COMMENT ON FUNCTION kernel.has_partition_pins(regclass, regclass) IS
'Whether a partition has something now that may not go: a hold on it, its root, a table between or a
partition of its own, on a row in it, or on a person with a row in it; true for NULL. Name the root
where the partition is detached already. It keeps nobody from placing a hold the next moment: what
destroys asks kernel.is_partition_free.';
