CREATE OR REPLACE FUNCTION kernel.verify_audit(
    p_from bigint DEFAULT 1,
    p_to bigint DEFAULT NULL,
    p_chain text DEFAULT NULL
)
RETURNS TABLE (batch bigint, problem text)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_last CONSTANT bigint
        := coalesce(p_to, (SELECT max(s.batch) FROM kernel.audit_seal AS s), p_from - 1);
    v_previous bytea;
    v_seal kernel.audit_seal;
BEGIN
    IF coalesce(p_from, 0) < 1 OR p_to < p_from OR p_chain IS NOT NULL AND p_to IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR025',
            MESSAGE = 'this is no range of batches',
            DETAIL = 'Batches count from 1, and an exported chain value belongs to the batch p_to.',
            HINT = 'Pass batch and chain as kernel.export_audit_root() gave them.';
    END IF;
    SELECT s.chain INTO v_previous FROM kernel.audit_seal AS s WHERE s.batch = p_from - 1;
    IF p_from > 1 AND v_previous IS NULL THEN
        RETURN QUERY SELECT p_from - 1, 'its seal is missing';
        RETURN;
    END IF;
    FOR v_batch IN p_from .. v_last LOOP
        v_seal := NULL;
        SELECT s.* INTO v_seal
        FROM kernel.audit_seal AS s
        WHERE s.batch >= v_batch
        ORDER BY s.batch
        LIMIT 1;
        batch := v_batch;
        problem := kernel.sealed_batch_problem(v_batch, v_previous, v_seal);
        IF problem IS NOT NULL THEN
            RETURN NEXT;
            RETURN;
        END IF;
        v_previous := v_seal.chain;
    END LOOP;
    IF lower(p_chain) <> encode(v_previous, 'hex') THEN
        RETURN QUERY SELECT p_to, 'its seal is not the one that was exported; it or one before it'
            ' was made anew';
        RETURN;
    END IF;
    -- What no seal knows of was not put there by the sealer.
    RETURN QUERY
    SELECT l.batch, 'it has entries and no seal'
    FROM kernel.audit_log AS l
    WHERE l.batch < 1 OR p_to IS NULL AND l.batch > v_last
    ORDER BY l.batch
    LIMIT 1;
END;
$$;

COMMENT ON FUNCTION kernel.verify_audit(bigint, bigint, text) IS
'The first batch from p_from to p_to (the newest) that is not as it was sealed, and why; no row where
all are. With the chain value that was exported for p_to, what somebody sealed anew is found too,
up to that batch: without it, a superuser can make seals that fit. Erased personal parts, and a dump
and restore, are no break. Raises KR025 InvalidAuditQuestion.';

ALTER FUNCTION kernel.verify_audit(bigint, bigint, text) OWNER TO strongroom_definer;
GRANT EXECUTE ON FUNCTION kernel.verify_audit(bigint, bigint, text)
TO strongroom_runner, strongroom_auditor;
