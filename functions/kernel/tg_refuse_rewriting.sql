CREATE OR REPLACE FUNCTION kernel.tg_refuse_rewriting()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'KR040',
        MESSAGE = pg_catalog.format('kernel.%I is evidence and stays as written', TG_TABLE_NAME),
        DETAIL = pg_catalog.format('%s would change or remove what is written.', TG_OP),
        HINT = 'End a hold by kernel.release_hold(); leave records of destruction alone.';
END;
$$;

COMMENT ON FUNCTION kernel.tg_refuse_rewriting() IS
'Refuses the statement, or the row, with KR040 EvidenceIsFinal, whoever gave it.';
