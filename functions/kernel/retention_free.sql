CREATE OR REPLACE FUNCTION kernel.retention_free(
    p_relation regclass,
    p_deletes boolean,
    p_now timestamptz DEFAULT NULL,
    p_asked regclass[] DEFAULT '{}'
)
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
        FROM unnest(kernel.pinned_conditions(p_relation)) AS c (condition)
    );
    IF v_parts IS NOT NULL THEN
        v_conditions := v_conditions || format('t.tableoid <> ALL (%L::oid[])', v_parts);
    END IF;

    -- Nothing goes because something else goes: what is referred to waits for what refers.
    IF p_deletes THEN
        v_conditions := v_conditions || ARRAY(
            SELECT format('NOT %s', r.condition)
            FROM kernel.references_to(p_relation, p_now, p_asked) AS r (condition)
        );
    END IF;
    RETURN coalesce(nullif(array_to_string(v_conditions, ' AND '), ''), 'true');
END;
$$;

COMMENT ON FUNCTION kernel.retention_free(regclass, boolean, timestamptz, regclass[]) IS
'SQL that is true of the rows t of a table (a root) that nothing keeps: no hold, no pinned person,
and, where they are to be deleted, no row that refers to them: with p_now, none that a run then would leave (kernel.staying_rows). For use under kernel.lock_pins(), at
the settings of kernel.canonical_row_key.';
