CREATE OR REPLACE FUNCTION kernel.erasure_ledger_head(OUT seq bigint, OUT hash bytea)
RETURNS record
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
AS $$
BEGIN
    SELECT l.seq, l.hash
    INTO seq, hash
    FROM kernel.erasure_ledger AS l
    ORDER BY l.seq DESC
    LIMIT 1;
    IF NOT FOUND THEN
        seq := 0;
        hash := pg_catalog.decode(pg_catalog.repeat('00', 32), 'hex');
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.erasure_ledger_head() IS
'Number and hash of the newest entry of kernel.erasure_ledger: 0 and 32 zero bytes while there is
none.';

GRANT EXECUTE ON FUNCTION kernel.erasure_ledger_head() TO strongroom_runner;
