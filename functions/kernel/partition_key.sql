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
    INTO STRICT key_name, key_type
    FROM pg_partitioned_table AS t
    JOIN pg_attribute AS a ON a.attrelid = t.partrelid AND a.attnum = t.partattrs[0]
    WHERE t.partrelid = p_parent;
END;
$$;

COMMENT ON FUNCTION kernel.partition_key(regclass) IS
'The column that a table is partitioned by, and its type.';

GRANT EXECUTE ON FUNCTION kernel.partition_key(regclass) TO strongroom_runner, pg_monitor;
