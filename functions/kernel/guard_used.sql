CREATE OR REPLACE FUNCTION kernel.guard_used(p_shape jsonb, p_rows name)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_raw text;
    v_subject text;
    v_used text;
BEGIN
    -- Whose row it is: nobody's, one person's, or of several, and then as a list. As text and byte by
    -- byte, for ids that a column holds to be equal may be of several people.
    SELECT
        coalesce(
            string_agg(
                format(', guard_row.%I::text COLLATE "C" AS s%s', s.name, s.n), '' ORDER BY s.n
            ), ''
        ),
        CASE count(*)
            WHEN 0 THEN 'NULL::text'
            WHEN 1 THEN 'd.s1'
            ELSE format('ARRAY[%s]::text', string_agg(format('d.s%s', s.n), ', ' ORDER BY s.n))
        END
    INTO v_raw, v_subject
    FROM jsonb_array_elements_text(p_shape -> 'subject') WITH ORDINALITY AS s (name, n);

    -- Of distinct keys and people only: the rest is done once for each of them.
    SELECT string_agg(
        format(
            'SELECT %L, %L, d.key, %s FROM (SELECT DISTINCT %s AS key%s FROM %I AS guard_row'
            ' WHERE guard_row.%I IS NOT NULL) AS d',
            c.column ->> 1, c.column ->> 2,
            CASE c.column ->> 1 WHEN 'seal' THEN v_subject ELSE 'NULL' END,
            format(
                CASE c.column ->> 1
                    WHEN 'seal' THEN 'substring(guard_row.%I FROM 2 FOR 8)'
                    -- One of another length is no index, and of no version.
                    ELSE 'CASE octet_length(guard_row.%1$I) WHEN 34'
                        ' THEN substring(guard_row.%1$I FROM 1 FOR 2) ELSE decode(''0000'', ''hex'') END'
                END,
                c.column ->> 0
            ),
            CASE c.column ->> 1 WHEN 'seal' THEN v_raw ELSE '' END,
            p_rows, c.column ->> 0
        ),
        E'\n        UNION ALL '
    )
    INTO v_used
    FROM jsonb_array_elements(p_shape -> 'columns') AS c ("column");
    RETURN v_used;
END;
$$;

COMMENT ON FUNCTION kernel.guard_used(jsonb, name) IS
'A query for the keys that rows of a transition table use, and for whom: kind, purpose, key, subject.';
