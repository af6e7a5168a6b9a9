CREATE OR REPLACE FUNCTION kernel.remember_tokens(p_id uuid, p_app text, p_subject text)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Not in the query below: the planner would work them out once more, to guess how many.
    v_tokens CONSTANT text[] := kernel.personal_tokens(p_app, p_subject);
    v_count bigint;
BEGIN
    INSERT INTO kernel.erasure_token (request_id, token)
    SELECT p_id, n.token
    FROM (
        SELECT DISTINCT u.token
        FROM unnest(v_tokens) AS u (token)
    ) AS n
    -- The id itself stays where rows are kept, and in the kernel's own evidence.
    WHERE n.token <> p_subject
      AND NOT EXISTS (
          SELECT
          FROM kernel.erasure_token AS o
          WHERE o.request_id = p_id AND o.token = n.token
      );
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.remember_tokens(uuid, text, text) IS
'Keeps, while the erasure runs, by what to look for the person afterwards; how many new values.';
