CREATE OR REPLACE FUNCTION kernel.guard_keys(p_shape jsonb, p_rows name)
RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format(
        'SELECT DISTINCT %s FROM %I AS guard_row',
        string_agg(value.text, ', ' ORDER BY value.name), p_rows
    )
    FROM (
        SELECT
            format('k%s', c.n),
            format(
                CASE c.column ->> 1
                    WHEN 'seal' THEN 'substring(guard_row.%1$I FROM 2 FOR 8) AS k%2$s'
                    -- One of another length is no index, and of no version.
                    ELSE 'CASE WHEN octet_length(guard_row.%1$I) = 34'
                        ' THEN substring(guard_row.%1$I FROM 1 FOR 2)'
                        ' WHEN guard_row.%1$I IS NOT NULL THEN decode(''0000'', ''hex'') END AS k%2$s'
                END,
                c.column ->> 0, c.n
            )
        FROM jsonb_array_elements(p_shape -> 'columns') WITH ORDINALITY AS c ("column", n)
        UNION ALL
        -- As text and byte by byte, where ids that a column holds to be equal are of several people.
        SELECT
            format('s%s', s.n),
            format(
                CASE
                    WHEN (p_shape -> 'is_exact')::boolean THEN 'guard_row.%I AS s%s'
                    ELSE 'guard_row.%I::text COLLATE "C" AS s%s'
                END,
                s.name, s.n
            )
        FROM jsonb_array_elements_text(p_shape -> 'subject') WITH ORDINALITY AS s (name, n)
    ) AS value (name, text)
$$;

COMMENT ON FUNCTION kernel.guard_keys(jsonb, name) IS
'A query for what rows of a transition table are sealed under, in one pass: the key of each column (k1,
k2 ..., in the order of the shape; of a blind index the version) and whose rows they are (s1 ...).';
