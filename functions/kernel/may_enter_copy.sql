CREATE OR REPLACE FUNCTION kernel.may_enter_copy()
RETURNS boolean
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_role CONSTANT name
        := CASE current_setting('role') WHEN 'none' THEN SESSION_USER ELSE current_setting('role') END;
BEGIN
    -- Who brings the copy forward can't stay outside: the owner, the runner, the migrator. And what
    -- a session has kept may be older than the opening.
    IF pg_has_role(v_role, 'strongroom_owner', 'MEMBER') OR kernel.gate_problem() IS NULL THEN
        RETURN true;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'KR100',
        MESSAGE = 'this database is a copy, and is not open yet',
        DETAIL = 'Erasures that were finished after the copy was taken must be replayed first.',
        HINT = 'An administrator runs "strongroom subject ledger replay".';
END;
$$;

COMMENT ON FUNCTION kernel.may_enter_copy() IS
'True for who may become the owner, and for everybody once the gate is open; else KR100 CopyNotOpen.';

ALTER FUNCTION kernel.may_enter_copy() OWNER TO strongroom_definer;
GRANT EXECUTE ON FUNCTION kernel.may_enter_copy() TO strongroom_client;
