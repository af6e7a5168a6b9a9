CREATE OR REPLACE FUNCTION kernel.tg_refuse_counted_truncate()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'KR054',
        MESSAGE = pg_catalog.format(
            'counted table %I.%I can''t be truncated', TG_TABLE_SCHEMA, TG_TABLE_NAME
        ),
        DETAIL = 'TRUNCATE does not tell which rows go, so no counter could follow.',
        HINT = 'DELETE the rows, or drop the counter by kernel.drop_counter() first.';
END;
$$;

COMMENT ON FUNCTION kernel.tg_refuse_counted_truncate() IS
'BEFORE TRUNCATE on counted tables: refuses with KR054 CountedTruncate.';
