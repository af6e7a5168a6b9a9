CREATE OR REPLACE FUNCTION kernel.trim_consents(p_limit integer)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count bigint;
BEGIN
    DELETE FROM kernel.consent_event AS e
    WHERE e.id = ANY (
        ARRAY(
            SELECT old.id
            FROM kernel.consent_event AS old
            WHERE old.erased_at <= now() - interval '3 years'
            ORDER BY old.erased_at
            LIMIT p_limit
        )
    );
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.trim_consents(integer) IS
'Removes what people agreed to who were erased three years ago, p_limit events at most; how many. A part
of kernel.tend_requests().';
