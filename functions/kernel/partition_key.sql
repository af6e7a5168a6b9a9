CREATE OR REPLACE FUNCTION kernel.partition_key(
    p_parent regclass, OUT key_name name, OUT key_type regtype
)
RETURNS record
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT a.attname, a.atttypid
    INTO key_name, key_type
    FROM pg_partitioned_table AS t
    JOIN pg_attribute AS a ON a.attrelid = t.partrelid AND a.attnum = t.partattrs[0]
    WHERE t.partrelid = p_parent;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('%s has no partitions', coalesce(p_parent::text, 'NULL')),
            HINT = 'Name a table that is partitioned by a range of one column.';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.partition_key(regclass) IS
'The column that a table is partitioned by, and its type. Raises invalid_parameter_value for another.';

GRANT EXECUTE ON FUNCTION kernel.partition_key(regclass) TO strongroom_runner, pg_monitor;
