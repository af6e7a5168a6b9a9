CREATE OR REPLACE FUNCTION kernel.erase_from_kernel(
    p_step kernel.erasure_step,
    p_app text,
    p_subject text
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count bigint;
BEGIN
    CASE p_step.kind
        WHEN 'tokens' THEN
            -- From here on kernel.refuse_erased() knows of the person.
            PERFORM kernel.note_erased(p_app, p_subject, NULL);
            v_count := kernel.remember_tokens(p_step.request_id, p_app, p_subject);
        WHEN 'counters' THEN
            v_count := kernel.erase_counters(p_app, p_subject);
        WHEN 'audit' THEN
            v_count := kernel.erase_audit(p_app, p_subject);
            IF kernel.is_audit_held(p_app, p_subject) THEN
                UPDATE kernel.erasure_step AS s
                SET state = 'held'
                WHERE s.request_id = p_step.request_id AND s.id = p_step.id;
            END IF;
        WHEN 'keys' THEN
            v_count := kernel.shred_subject_keys(p_app, p_subject);
        WHEN 'consents' THEN
            v_count := kernel.blank_consents(p_app, p_subject);
        WHEN 'views', 'statistics' THEN
            v_count := kernel.renew_derived(p_step.request_id, p_app, p_step.kind);
        WHEN 'forget' THEN
            DELETE FROM kernel.erasure_token AS t WHERE t.request_id = p_step.request_id;
            GET DIAGNOSTICS v_count = ROW_COUNT;
        ELSE
            v_count := NULL;
    END CASE;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.erase_from_kernel(kernel.erasure_step, text, text) IS
'Carries out a step that is about what the kernel keeps, or what is made from rows; how much it did,
NULL where the step is none of these. Entries of the audit log that a legal hold keeps leave the step
held.';
