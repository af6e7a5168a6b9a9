CREATE OR REPLACE FUNCTION kernel.add_erasure_step(
    p_id uuid,
    p_kind text,
    p_relation regclass DEFAULT NULL,
    p_action text DEFAULT NULL,
    p_condition text DEFAULT NULL,
    p_assignment text DEFAULT NULL,
    p_pending text DEFAULT NULL
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE kernel.erasure_step AS s
    SET action = p_action, condition = p_condition, assignment = p_assignment, pending = p_pending
    WHERE s.request_id = p_id
      AND s.kind = p_kind
      AND s.relation IS NOT DISTINCT FROM p_relation;
    IF NOT FOUND THEN
        INSERT INTO kernel.erasure_step AS s (
            request_id, id, kind, relation, action, condition, assignment, pending
        )
        SELECT
            p_id, coalesce(max(o.id), 0) + 1, p_kind, p_relation, p_action, p_condition,
            p_assignment, p_pending
        FROM kernel.erasure_step AS o
        WHERE o.request_id = p_id;
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.add_erasure_step(uuid, text, regclass, text, text, text, text) IS
'Adds a step to an erasure, or tells one that is there what it is to do now.';
