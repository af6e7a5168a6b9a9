CREATE OR REPLACE FUNCTION kernel.record_statement(
    p_policy text,
    p_source regclass,
    p_bounds text[],
    p_number text
)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    v_policy record;
BEGIN
    SELECT p.relation, p.action, p.reason INTO v_policy
    FROM kernel.retention_policy AS p
    WHERE p.name = p_policy;
    RETURN format(
        'INSERT INTO kernel.destruction_record (id, relation_name, partition_name, policy_name,'
        ' action, bounds_from, bounds_to, row_count, digest, reason, recorded_by)'
        ' OVERRIDING SYSTEM VALUE SELECT %s, %L, %L, %L, %L, %L, %L, g.row_count, g.digest, %L,'
        ' coalesce(kernel.actor(), session_user) FROM tally AS g WHERE g.row_count > 0',
        p_number, v_policy.relation, nullif(p_source, v_policy.relation)::regclass, p_policy,
        CASE v_policy.action WHEN 'drop' THEN 'delete' ELSE v_policy.action END,
        p_bounds[1], p_bounds[2], v_policy.reason
    );
END;
$$;

COMMENT ON FUNCTION kernel.record_statement(text, regclass, text[], text) IS
'The statement that writes the record of a batch from what is called tally beside it: row_count and
digest. p_number is SQL for the number of the record.';
