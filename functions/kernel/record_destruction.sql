CREATE OR REPLACE FUNCTION kernel.record_destruction(
    p_relation regclass,
    p_partition regclass,
    p_from text,
    p_to text,
    p_rows bigint,
    p_digest bytea,
    p_why text,
    p_action text DEFAULT 'drop',
    p_policy text DEFAULT NULL
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    v_id bigint;
BEGIN
    INSERT INTO kernel.destruction_record AS d (
        relation_name, partition_name, policy_name, action, bounds_from, bounds_to,
        row_count, digest, reason, recorded_by
    )
    VALUES (
        p_relation::text, p_partition::text, p_policy, p_action, p_from, p_to,
        p_rows, p_digest, p_why, coalesce(kernel.actor(), session_user)
    )
    RETURNING d.id INTO v_id;
    RETURN v_id;
END;
$$;

COMMENT ON FUNCTION kernel.record_destruction(
    regclass, regclass, text, text, bigint, bytea, text, text, text
) IS
'Writes down what this transaction destroys: table, partition (or NULL), bounds as text, count of
rows, SHA-256 over them (or NULL), why, action (drop, delete, null, mask), policy. The number of the
record. Nothing of a person belongs in any of these. Called before anything goes.';

GRANT EXECUTE ON FUNCTION kernel.record_destruction(
    regclass, regclass, text, text, bigint, bytea, text, text, text
) TO strongroom_runner;
