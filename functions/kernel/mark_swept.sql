CREATE OR REPLACE FUNCTION kernel.mark_swept(p_policy text, p_is_swept boolean)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE kernel.retention_policy AS p
    SET is_swept = p_is_swept
    WHERE p.name = ANY (
        ARRAY(
            SELECT o.name
            FROM kernel.retention_policy AS o
            WHERE (o.name = p_policy OR p_policy IS NULL) AND o.is_swept <> p_is_swept
            FOR NO KEY UPDATE SKIP LOCKED
        )
    );
END;
$$;

COMMENT ON FUNCTION kernel.mark_swept(text, boolean) IS
'Notes that a run of retention is done with a policy, or with NULL and false that it begins anew with
all of them. A policy that another runner is at is left to it.';
