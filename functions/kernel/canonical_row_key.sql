CREATE OR REPLACE FUNCTION kernel.canonical_row_key(p_relation regclass, p_key jsonb)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
SET intervalstyle = 'iso_8601'
SET extra_float_digits = '1'
SET bytea_output = 'hex'
AS $$
DECLARE
    v_columns text[];
    v_match text;
    v_values text;
    v_key jsonb;
BEGIN
    SELECT
        array_agg(a.attname::text ORDER BY a.attname),
        string_agg(
            -- Without the length of the column: a cast would cut the key to that of another row.
            format(
                't.%1$I %3$s ($1 ->> %1$L)::%2$s', a.attname, format_type(y.id, -1), y.operator
            ),
            ' AND '
        ),
        string_agg(format('%1$L, t.%1$I::text', a.attname), ', ')
    INTO v_columns, v_match, v_values
    FROM pg_index AS i
    JOIN pg_attribute AS a
        ON a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
    CROSS JOIN LATERAL kernel.id_type(a.atttypid) AS y
    WHERE i.indrelid = p_relation AND i.indisprimary;

    IF v_columns IS NULL
        OR v_columns <> ARRAY(
            SELECT k.name FROM jsonb_object_keys(p_key) AS k (name) ORDER BY k.name COLLATE "C"
        )
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR041',
            MESSAGE = format('this is no primary key of %s', p_relation),
            DETAIL = CASE
                WHEN v_columns IS NULL THEN 'The table has none.'
                ELSE format('Its columns are %s.', array_to_string(v_columns, ', '))
            END,
            HINT = 'Name each column of the key once, or hold the person or the table.';
    END IF;

    EXECUTE format(
        'SELECT jsonb_build_object(%s) FROM %s AS t WHERE %s', v_values, p_relation, v_match
    ) INTO v_key USING p_key;
    RETURN v_key;
EXCEPTION
    WHEN data_exception THEN
        -- The value may be somebody's id and stays out of messages.
        RAISE EXCEPTION USING
            ERRCODE = 'KR041',
            MESSAGE = format('a value of this key of %s can''t be read', p_relation),
            DETAIL = 'It does not fit the type of its column.',
            HINT = 'Pass the values as the table holds them.';
END;
$$;

COMMENT ON FUNCTION kernel.canonical_row_key(regclass, jsonb) IS
'The key of a row as kernel.legal_hold keeps it: each column''s value as text, in UTC and ISO form;
NULL if there is no such row. Raises KR041 InvalidHold.';
