CREATE OR REPLACE FUNCTION kernel.erasure_free(p_relation regclass)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_conditions text[];
    v_parts oid[];
BEGIN
    IF EXISTS (
        SELECT
        FROM kernel.legal_hold AS h
        WHERE h.released_at IS NULL AND h.row_key IS NULL AND h.relation = p_relation
    ) THEN
        RETURN 'false';
    END IF;
    SELECT array_agg(DISTINCT part.relid::oid ORDER BY part.relid::oid)
    INTO v_parts
    FROM pg_partition_tree(p_relation) AS held
    JOIN kernel.legal_hold AS h
        ON h.relation = held.relid AND h.row_key IS NULL AND h.released_at IS NULL
    CROSS JOIN pg_partition_tree(held.relid) AS part;
    v_conditions := ARRAY(
        SELECT 'NOT ' || c.condition
        FROM unnest(kernel.hold_conditions(p_relation, 'kernel.held_subject')) AS c (condition)
    );
    IF v_parts IS NOT NULL THEN
        v_conditions := v_conditions || format('t.tableoid <> ALL (%L::oid[])', v_parts);
    END IF;
    RETURN coalesce(nullif(array_to_string(v_conditions, ' AND '), ''), 'true');
END;
$$;

COMMENT ON FUNCTION kernel.erasure_free(regclass) IS
'SQL that is true of the rows t of a table (a root) that no legal hold keeps. For use under
kernel.lock_pins(), at the settings of kernel.canonical_row_key.';
