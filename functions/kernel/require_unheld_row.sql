CREATE OR REPLACE FUNCTION kernel.require_unheld_row(
    p_app text,
    p_subject text,
    p_relation regclass,
    p_key jsonb
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
SET intervalstyle = 'iso_8601'
SET extra_float_digits = '1'
SET bytea_output = 'hex'
AS $$
DECLARE
    v_is_held boolean;
BEGIN
    PERFORM kernel.lock_pins();
    v_is_held := kernel.is_subject_held(p_app, p_subject);
    IF NOT v_is_held THEN
        -- By its partition, by a key that the table had before, and for others whose row it is too.
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM %1$s AS t, jsonb_populate_record(NULL::%1$s, $1) AS k'
            ' WHERE %2$s AND NOT (%3$s))',
            p_relation,
            (
                SELECT string_agg(format('t.%1$I = k.%1$I', c.name), ' AND ')
                FROM jsonb_object_keys(p_key) AS c (name)
            ),
            kernel.erasure_free(p_relation)
        ) INTO v_is_held USING p_key;
    END IF;
    IF v_is_held THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR026',
            MESSAGE = 'the person, the table or the row is held',
            DETAIL = 'A legal hold keeps it as it is.',
            HINT = 'Release the hold first, or wait for its end.';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.require_unheld_row(text, text, regclass, jsonb) IS
'Refuses a change of a row that a legal hold keeps, by one of its people, its table, its partition or
its key, and keeps new holds out until the transaction ends. Raises KR026 SubjectHeld, KR045 IsolationTooStrict.';
