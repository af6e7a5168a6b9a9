CREATE OR REPLACE FUNCTION kernel.is_partition_free(
    p_partition regclass,
    p_root regclass DEFAULT NULL
)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM kernel.lock_pins();
    RETURN NOT kernel.has_partition_pins(p_partition, p_root);
END;
$$;

COMMENT ON FUNCTION kernel.is_partition_free(regclass, regclass) IS
'Whether a partition may be dropped: no hold on it, its root, a table between or a partition of its
own, on a row in it, or on a person with a row in it. Call it in the transaction that drops, and
name the root where the partition is detached already: it keeps new holds out until the transaction
ends (kernel.lock_pins). Raises KR045 IsolationTooStrict.';

GRANT EXECUTE ON FUNCTION kernel.is_partition_free(regclass, regclass) TO strongroom_runner;
