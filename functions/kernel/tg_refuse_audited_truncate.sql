CREATE OR REPLACE FUNCTION kernel.tg_refuse_audited_truncate()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'KR023',
        MESSAGE = pg_catalog.format(
            'audited table %I.%I can''t be truncated', TG_TABLE_SCHEMA, TG_TABLE_NAME
        ),
        DETAIL = 'TRUNCATE does not tell which rows go, so the audit log could not hold them.',
        HINT = 'DELETE the rows, or take auditing off by kernel.disable_audit() first.';
END;
$$;

COMMENT ON FUNCTION kernel.tg_refuse_audited_truncate() IS
'BEFORE TRUNCATE on audited tables: refuses with KR023 AuditedTruncate.';
