CREATE OR REPLACE FUNCTION kernel.pinned_conditions(p_root regclass)
RETURNS text[]
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN kernel.hold_conditions(p_root, 'kernel.pinned_subject');
END;
$$;

COMMENT ON FUNCTION kernel.pinned_conditions(regclass) IS
'SQL conditions, each true of rows t of a table (for a partition, pass its root) that may not be
destroyed now, because of their person or by themselves; none where nothing can be held. For use
under kernel.lock_pins(), at the settings of kernel.canonical_row_key.';
