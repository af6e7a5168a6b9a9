CREATE OR REPLACE FUNCTION kernel.delete_rows(
    p_policy text,
    p_source regclass,
    p_condition text,
    p_bounds text[]
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_number CONSTANT bigint := nextval(
        pg_get_serial_sequence('kernel.destruction_record', 'id')
    );
    v_count bigint;
    v_recorded bigint;
BEGIN
    EXECUTE kernel.deletion_statement(p_policy, p_source, p_condition, p_bounds) USING v_number;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    SELECT d.row_count INTO v_recorded
    FROM kernel.destruction_record AS d
    WHERE d.id = v_number;
    IF v_count <> coalesce(v_recorded, 0) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'lock_not_available',
            MESSAGE = format('of %s rows of %s, %s could go at once', v_recorded, p_source, v_count);
    END IF;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.delete_rows(text, regclass, text, text[]) IS
'Deletes the rows that a condition names, by a policy of action delete, and writes the record; how
many. Raises lock_not_available where not all of them go (kernel.deletion_statement). For use under
kernel.lock_pins(), at the settings of kernel.canonical_row_key.';
