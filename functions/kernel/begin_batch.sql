CREATE OR REPLACE FUNCTION kernel.begin_batch(
    p_policy text,
    OUT action text,
    OUT swept_to timestamptz
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_problem text;
BEGIN
    SELECT p.action, p.swept_to, kernel.retention_problem(to_jsonb(p))
    INTO action, swept_to, v_problem
    FROM kernel.retention_policy AS p
    WHERE p.name = p_policy AND p.is_enabled
    FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        PERFORM kernel.require_retention_policy(p_policy);
    END IF;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR030',
            MESSAGE = format('retention policy %s can''t be carried out', p_policy),
            DETAIL = v_problem,
            HINT = 'Mend the table or the policy, or switch the policy off.';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.begin_batch(text) IS
'Takes a retention policy for this transaction: what it does, and how far its sweep has come. NULL
where it is switched off or another runner has it. Raises KR030 UnfitRetentionPolicy, KR032
UnknownRetentionPolicy.';
