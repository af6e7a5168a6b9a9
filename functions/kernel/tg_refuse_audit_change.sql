CREATE OR REPLACE FUNCTION kernel.tg_refuse_audit_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'KR020',
        MESSAGE = pg_catalog.format('kernel.%I is append only', TG_TABLE_NAME),
        DETAIL = pg_catalog.format('%s would change or remove what was written.', TG_OP),
        HINT = 'To forget what is personal in it, call kernel.erase_audit().';
END;
$$;

COMMENT ON FUNCTION kernel.tg_refuse_audit_change() IS
'Refuses the statement with KR020 AuditIsAppendOnly, whoever gave it.';
