CREATE OR REPLACE FUNCTION kernel.rectify_row(
    p_relation regclass,
    p_condition text,
    p_subject text,
    p_key jsonb,
    p_changes jsonb
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_rows bigint;
BEGIN
    EXECUTE format(
        'UPDATE %1$s AS t SET %2$s FROM jsonb_populate_record(NULL::%1$s, $2) AS n,'
        ' jsonb_populate_record(NULL::%1$s, $3) AS k WHERE (%3$s) AND %4$s',
        p_relation,
        (
            SELECT string_agg(format('%1$I = n.%1$I', c.name), ', ')
            FROM jsonb_object_keys(p_changes) AS c (name)
        ),
        p_condition,
        (
            SELECT string_agg(format('t.%1$I = k.%1$I', c.name), ' AND ')
            FROM jsonb_object_keys(p_key) AS c (name)
        )
    )
    USING p_subject, p_changes, p_key;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    RETURN v_rows;
END;
$$;

COMMENT ON FUNCTION kernel.rectify_row(regclass, text, text, jsonb, jsonb) IS
'Sets columns of the row with this key, if the condition of kernel.subject_tables says that it is the
person''s; how many rows. A part of kernel.rectify_subject.';
