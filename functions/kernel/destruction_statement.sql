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
    SELECT
        string_agg(format('t.%I AS k%s', a.attname, k.number), ', ' ORDER BY k.number) AS columns,
        string_agg(format('g.k%s::text', k.number), ' || '','' || ' ORDER BY k.number) AS line,
        string_agg(format('g.k%s', k.number), ', ' ORDER BY k.number) AS sorting
    INTO v_key
    FROM pg_index AS i
    CROSS JOIN unnest((i.indkey::int2[])[0:i.indnkeyatts - 1])
        WITH ORDINALITY AS k (attnum, number)
    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE i.indrelid = v_policy.relation AND i.indisprimary;

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
        'SELECT count(*) AS row_count, bool_or(g.is_unstable) AS is_unstable, sha256(convert_to('
        'string_agg(%s, E''\n'' ORDER BY %s), ''UTF8'')) AS digest FROM gone AS g), record AS ('
        'INSERT INTO kernel.destruction_record (relation_name, partition_name, policy_name,'
        ' action, bounds_from, bounds_to, row_count, digest, reason, recorded_by)'
        ' SELECT %L, %L, %L, %L, %L, %L, g.row_count, g.digest, %L,'
        ' coalesce(kernel.actor(), session_user) FROM tally AS g WHERE g.row_count > 0)'
        ' SELECT g.row_count, g.is_unstable FROM tally AS g',
        CASE
            WHEN v_change IS NULL THEN format('DELETE FROM %s AS t', p_source)
            ELSE format('UPDATE %s AS t SET %s', p_source, v_change)
        END,
        p_condition, v_key.columns, v_is_unstable, v_key.line, v_key.sorting, v_policy.relation,
        nullif(p_source, v_policy.relation)::regclass, p_policy,
        CASE v_policy.action WHEN 'drop' THEN 'delete' ELSE v_policy.action END,
        p_bounds[1], p_bounds[2], v_policy.reason
    );
END;
$$;

COMMENT ON FUNCTION kernel.destruction_statement(text, regclass, text, text[]) IS
'The statement that carries out a policy on those rows t of a table, or of one partition of it, that
a condition names, and writes the record with them: neither is ever without the other. It returns
how many rows went, and whether a mask would change again what it has masked. The digest is SHA-256
over the keys: a line a row, the columns of the primary key as text with commas between, sorted.';
