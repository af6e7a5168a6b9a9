CREATE OR REPLACE FUNCTION kernel.highest_key(p_parent regclass)
RETURNS numeric
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_column CONSTANT name := (kernel.partition_key(p_parent)).key_name;
    v_sequence text;
    v_highest numeric;
    v_last numrange;
BEGIN
    v_sequence := pg_get_serial_sequence(p_parent::text, v_column);
    IF v_sequence IS NULL THEN
        EXECUTE format('SELECT max(t.%I) FROM %s AS t', v_column, p_parent) INTO v_highest;
    ELSE
        -- Keys that were given by hand, or copied from another database, move no sequence.
        BEGIN
            v_last := kernel.last_span(p_parent);
        EXCEPTION
            -- Partitions of every table would wait for whoever has this one's to himself.
            WHEN lock_not_available THEN
                v_last := NULL;
        END;
        v_highest := greatest(pg_sequence_last_value(v_sequence::regclass), lower(v_last));
    END IF;
    RETURN greatest(v_highest, 0);
END;
$$;

COMMENT ON FUNCTION kernel.highest_key(regclass) IS
'How far the keys of a table partitioned by a bigint have come: what its sequence gave last, or where
its last partition with rows begins, if that is further and nobody has one to himself; without a
sequence, the highest key in it. At least 0.';
