CREATE OR REPLACE FUNCTION kernel.tg_check_partition_policy()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_problem text := kernel.partition_policy_problem(
        NEW.parent, NEW.key_kind, NEW.every, NEW.keep IS NOT NULL OR NEW.keep_ids IS NOT NULL,
        NEW.archive_schema
    );
BEGIN
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR010',
            MESSAGE = format('%s can not have this partition policy', NEW.parent),
            DETAIL = v_problem,
            HINT = 'Change the table or the policy; docs/kernel/partitions.md says what goes.';
    END IF;
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION kernel.tg_check_partition_policy() IS
'BEFORE INSERT OR UPDATE, FOR EACH ROW of kernel.partition_policy: refuses what could not be carried
out. Raises KR010 UnfitPartitionPolicy.';
