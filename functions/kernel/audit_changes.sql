CREATE OR REPLACE FUNCTION kernel.audit_changes(
    p_table text,
    p_key text DEFAULT NULL,
    p_from timestamptz DEFAULT '-infinity', p_to timestamptz DEFAULT 'infinity'
)
RETURNS TABLE (
    id bigint, at timestamptz, transaction_id xid8, operation text, key text, subject text,
    actor text, role text, request_id text, old jsonb, new jsonb, changed text[], is_erased boolean
)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
SET intervalstyle = 'iso_8601'
SET extra_float_digits = '1'
SET bytea_output = 'hex'
AS $$
DECLARE
    -- Resolved here, because a login of maintenance has no business in an app's schema.
    v_named CONSTANT regclass := to_regclass(p_table);
    v_root CONSTANT regclass := coalesce(pg_partition_root(v_named), v_named);
    v_columns CONSTANT jsonb := kernel.audit_columns(v_root);
BEGIN
    IF coalesce(v_columns -> 'key', '[]') = '[]'
        OR v_columns ->> 'app' NOT IN (SELECT kernel.guarded_schemas())
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR025',
            MESSAGE = 'there is no such table with a primary key',
            HINT = 'Name a table with its schema; kernel.audit_entries knows of dropped ones too.';
    END IF;
    RETURN QUERY EXECUTE format(
        $query$
        WITH known AS (
            SELECT e.*,
                CASE WHEN is_last.so THEN kernel.audit_named_values($1, live.old)
                    ELSE e.next_values END AS new_values,
                CASE WHEN is_last.so THEN kernel.audit_named_hashes($1, live.opening)
                    ELSE e.next_hashes END AS new_hashes
            FROM kernel.audit_named_entries($1, $2, $3) AS e
            CROSS JOIN LATERAL (
                SELECT e.next_id IS NULL AND e.operation <> 'DELETE'
            ) AS is_last (so)
            LEFT JOIN (%s) AS live ON is_last.so AND live.key = e.key
            WHERE e.at >= $3 AND e.at < $4
        )
        SELECT
            k.id, k.at, k.transaction_id, k.operation, k.key, k.subject, k.actor, k.role,
            k.request_id, k.old_values, CASE WHEN k.operation <> 'DELETE' THEN k.new_values END,
            CASE WHEN k.operation = 'UPDATE' THEN ARRAY(
                SELECT o.key
                FROM jsonb_each(coalesce(k.old_values, '{}') || coalesce(k.old_hashes, '{}')) AS o
                JOIN jsonb_each(coalesce(k.new_values, '{}') || coalesce(k.new_hashes, '{}')) AS n
                    ON n.key = o.key
                WHERE n.value <> o.value
                ORDER BY o.key COLLATE "C"
            ) END,
            k.is_erased
        FROM known AS k
        ORDER BY k.id
        $query$,
        kernel.audit_live_rows(v_root, v_columns, p_key)
    ) USING v_columns, p_key, p_from, p_to;
EXCEPTION
    WHEN data_exception THEN
        -- The key may be somebody's id and stays out of messages.
        RAISE EXCEPTION USING
            ERRCODE = 'KR025',
            MESSAGE = format('this is no key of %s', v_root),
            HINT = 'Pass the key as kernel.audit_entries has it: of several columns, a JSON array of texts.';
END;
$$;

COMMENT ON FUNCTION kernel.audit_changes(text, text, timestamptz, timestamptz) IS
'The changes of a table (its name with its schema), or of one row of it, from p_from to before p_to,
oldest first: values before and after of the columns that are not personal, and which columns changed,
personal ones included, whose values are not kept. What came after is the next entry''s old values or
the row as it is now; new is NULL where neither is known. is_erased: changes of personal columns are
no longer known. Raises KR025 InvalidAuditQuestion.';

GRANT EXECUTE ON FUNCTION kernel.audit_changes(text, text, timestamptz, timestamptz)
TO strongroom_runner;
