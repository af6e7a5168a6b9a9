CREATE OR REPLACE FUNCTION kernel.tg_check_retention_policy()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_problem text := kernel.retention_problem(to_jsonb(NEW));
BEGIN
    IF v_problem IS NULL AND NEW.action = 'mask' THEN
        v_problem := kernel.mask_problem(NEW.relation, NEW.columns[1], NEW.mask_expression);
    END IF;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR030',
            MESSAGE = format('%s can''t have this retention policy', NEW.relation),
            DETAIL = v_problem,
            HINT = 'Change the table or the policy; docs/kernel/retention.md says what goes.';
    END IF;
    NEW.swept_to := NULL;
    NEW.is_swept := false;
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION kernel.tg_check_retention_policy() IS
'BEFORE INSERT OR UPDATE, FOR EACH ROW of kernel.retention_policy: refuses what could not be carried
out. Raises KR030 UnfitRetentionPolicy.';
