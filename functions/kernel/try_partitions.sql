CREATE OR REPLACE FUNCTION kernel.try_partitions(
    p_parent regclass, p_spans numrange[], p_suffixes text[], p_go_round boolean
)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_go_round THEN
        RETURN kernel.fill_partition_gaps(p_parent, p_spans, p_suffixes);
    END IF;
    RETURN kernel.create_missing_partitions(p_parent, p_spans, p_suffixes);
EXCEPTION
    -- One table's trouble is not the others'.
    WHEN transaction_rollback OR object_not_in_prerequisite_state OR data_exception
        OR integrity_constraint_violation OR syntax_error_or_access_rule_violation
        OR feature_not_supported OR program_limit_exceeded OR insufficient_resources
    THEN
        -- invalid_object_definition, duplicate_table
        IF NOT p_go_round AND SQLSTATE IN ('42P17', '42P07') THEN
            RETURN NULL;
        END IF;
        RAISE WARNING USING
            ERRCODE = SQLSTATE,
            MESSAGE = format('no partitions were made for %s', p_parent),
            DETAIL = format('%s (SQLSTATE %s)', SQLERRM, SQLSTATE),
            HINT = 'The other tables were served; this one is tried again next time.';
        RETURN 0;
END;
$$;

COMMENT ON FUNCTION kernel.try_partitions(regclass, numrange[], text[], boolean) IS
'Makes partitions of a table for some steps; how many. p_go_round: around what is there already; else
NULL where something is. 0 and a warning for what else goes wrong.';
