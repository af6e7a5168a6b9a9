CREATE OR REPLACE FUNCTION kernel.erase_rows(
    p_step kernel.erasure_step,
    p_subject text,
    p_limit integer
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_deletes CONSTANT boolean := p_step.action = 'delete';
    v_where text := format(
        '(%s) AND %s AND %s',
        p_step.condition, p_step.pending, kernel.erasure_free(p_step.relation)
    );
    v_own text := 'false';
    v_rows record;
    v_count bigint;
    v_bad bigint;
    v_is_free boolean;
BEGIN
    IF c_deletes THEN
        v_own := kernel.erasure_references(p_step.relation, true);
        v_where := format(
            '%s AND NOT (%s)', v_where, kernel.erasure_references(p_step.relation, false)
        );
    END IF;
    v_rows := kernel.lock_rows(p_step.relation, v_where, p_subject, p_limit);
    IF v_own <> 'false' AND v_rows.count > 0 THEN
        EXECUTE format(
            'SELECT NOT EXISTS (SELECT FROM %s AS t WHERE t.ctid = ANY ($2) AND (%s))',
            p_step.relation, v_own
        ) INTO v_is_free USING p_subject, v_rows.lines, v_rows.parts;
        -- Rows that refer to each other go all at once, or leaves first.
        IF NOT v_is_free THEN
            v_rows := kernel.lock_rows(
                p_step.relation, format('%s AND NOT (%s)', v_where, v_own), p_subject, p_limit
            );
        END IF;
    END IF;
    IF v_rows.count = 0 THEN
        RETURN 0;
    END IF;
    PERFORM kernel.record_destruction(
        p_step.relation, NULL, NULL, NULL, v_rows.count, NULL,
        format('erasure request %s', p_step.request_id),
        CASE WHEN c_deletes THEN 'delete' ELSE 'mask' END
    );
    EXECUTE format(
        'WITH gone AS (%s WHERE t.ctid = ANY ($2) AND (t.tableoid, t.ctid) IN'
        ' (SELECT u.part, u.line FROM unnest($3, $2) AS u (part, line))'
        ' RETURNING %s AS is_bad) SELECT count(*), count(*) FILTER (WHERE g.is_bad) FROM gone AS g',
        CASE
            WHEN c_deletes THEN format('DELETE FROM %s AS t', p_step.relation)
            ELSE format('UPDATE %s AS t SET %s', p_step.relation, p_step.assignment)
        END,
        CASE WHEN c_deletes THEN 'false' ELSE p_step.pending END
    ) INTO v_count, v_bad USING p_subject, v_rows.lines, v_rows.parts;
    IF v_count < v_rows.count OR v_bad > 0 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR096',
            MESSAGE = format('rows of %s stay as they are', p_step.relation),
            DETAIL = CASE
                WHEN v_bad > 0 THEN 'A mask would change again what it has masked.'
                ELSE 'A trigger keeps them without saying so.'
            END,
            HINT = 'Have the trigger raise, or mask by an expression that leaves what it has masked.';
    END IF;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.erase_rows(kernel.erasure_step, text, integer) IS
'Deletes or changes one batch of a person''s rows of a table, those that nothing holds, and writes the
record; how many. For use under kernel.lock_pins(), at the settings of kernel.canonical_row_key.
Raises KR096 RowsStay.';
