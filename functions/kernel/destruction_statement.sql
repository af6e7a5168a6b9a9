CREATE OR REPLACE FUNCTION kernel.destruction_statement(
    p_policy text,
    p_source regclass,
    p_condition text,
    p_bounds text[]
)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_policy record;
    v_change text;
    v_is_unstable text := 'false';
    v_key record;
BEGIN
    SELECT p.* INTO v_policy FROM kernel.retention_policy AS p WHERE p.name = p_policy;
    v_key := kernel.key_digest(v_policy.relation);
    v_change := CASE v_policy.action
        WHEN 'null'
            THEN (
                SELECT string_agg(format('%I = NULL', c.name), ', ')
                FROM unnest(v_policy.columns) AS c (name)
            )
        WHEN 'mask'
            THEN format('%I = (%s)', v_policy.columns[1], v_policy.mask_expression)
    END;
    IF v_policy.action = 'mask' THEN
        v_is_unstable := format(
            't.%I::text IS DISTINCT FROM (%s)::text', v_policy.columns[1], v_policy.mask_expression
        );
    END IF;

    RETURN format(
        'WITH gone AS (%s WHERE %s RETURNING %s, %s AS is_unstable), tally AS ('
        'SELECT count(*) AS row_count, bool_or(g.is_unstable) AS is_unstable, %s AS digest'
        ' FROM gone AS g), record AS (%s) SELECT g.row_count, g.is_unstable FROM tally AS g',
        CASE
            WHEN v_change IS NULL THEN format('DELETE FROM %s AS t', p_source)
            ELSE format('UPDATE %s AS t SET %s', p_source, v_change)
        END,
        p_condition, v_key.columns, v_is_unstable, v_key.digest,
        kernel.record_statement(
            p_policy, p_source, p_bounds,
            'nextval(pg_get_serial_sequence(''kernel.destruction_record'', ''id''))'
        )
    );
END;
$$;

COMMENT ON FUNCTION kernel.destruction_statement(text, regclass, text, text[]) IS
'The statement that carries out a policy on those rows t of a table, or of one partition of it, that
a condition names, and writes the record with them: neither is ever without the other. It returns
how many rows went, and whether a mask would change again what it has masked.';
