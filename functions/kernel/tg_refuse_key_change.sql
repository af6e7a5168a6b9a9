CREATE OR REPLACE FUNCTION kernel.tg_refuse_key_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    -- Keys can be personal, and messages reach logs.
    RAISE EXCEPTION USING
        ERRCODE = 'KR022',
        MESSAGE = pg_catalog.format(
            'the primary key of a row of audited table %I.%I can''t change',
            TG_TABLE_SCHEMA, TG_TABLE_NAME
        ),
        DETAIL = 'The audit log follows a row by its key.',
        HINT = 'DELETE the row and INSERT it under its new key.';
END;
$$;

COMMENT ON FUNCTION kernel.tg_refuse_key_change() IS
'FOR EACH ROW of audited tables, WHEN the key differs: refuses with KR022 AuditedKeyChange.';
