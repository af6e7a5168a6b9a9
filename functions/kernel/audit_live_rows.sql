CREATE OR REPLACE FUNCTION kernel.audit_live_rows(p_relation regclass, p_columns jsonb, p_key text)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format(
        $query$SELECT
            %1$s AS key,
            %2$s AS old,
            decode(repeat('00', 16), 'hex') || %3$s AS opening
        FROM %4$s AS audit_row
        WHERE %5$s$query$,
        kernel.audit_key_value(p_relation, p_columns -> 'key'),
        kernel.audit_values(p_relation, p_columns),
        coalesce(
            kernel.audit_opening_value(
                p_relation, p_columns, '(SELECT s.salt FROM kernel.audit_salt AS s)'
            ),
            'NULL::bytea'
        ),
        p_relation,
        coalesce(kernel.audit_key_match(p_relation, p_columns, p_key), 'true')
    )
$$;

COMMENT ON FUNCTION kernel.audit_live_rows(regclass, jsonb, text) IS
'A query for the rows of a table (the one of a key, unless that is NULL) in the form of entries of
the audit log: as if each were about to change.';
