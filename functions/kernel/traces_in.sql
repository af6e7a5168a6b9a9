CREATE OR REPLACE FUNCTION kernel.traces_in(p_relation regclass, p_tokens text[])
RETURNS TABLE (column_name name, "rows" bigint)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET bytea_output = 'hex'
AS $$
DECLARE
    v_forms text[];
    v_words boolean[];
    v_table record;
    v_counts bigint[];
BEGIN
    SELECT array_agg(f.form), array_agg(f.is_word)
    INTO v_forms, v_words
    FROM kernel.trace_forms(p_tokens) AS f;
    SELECT s.relation, s.columns, s.is_readable, c.relkind = 'r' AS is_plain
    INTO v_table
    FROM kernel.searched_among(p_relation) AS s
    JOIN pg_class AS c ON c.oid = s.relation
    WHERE p_relation IS NOT NULL;
    IF NOT FOUND THEN
        RETURN;
    ELSIF NOT v_table.is_readable THEN
        RETURN QUERY SELECT NULL::name, NULL::bigint;
        RETURN;
    END IF;
    -- OFFSET keeps what is made of a value from being made anew for each form.
    EXECUTE format(
        'SELECT ARRAY[%s] FROM %s %s AS t CROSS JOIN LATERAL (SELECT %s OFFSET 0) AS v',
        (
            SELECT string_agg(
                format('count(*) FILTER (WHERE %s)', kernel.trace_condition('v.c' || c.place)),
                ', ' ORDER BY c.place
            )
            FROM unnest(v_table.columns) WITH ORDINALITY AS c (name, place)
        ),
        CASE WHEN v_table.is_plain THEN 'ONLY' END,
        v_table.relation,
        (
            SELECT string_agg(
                format(
                    'lower(t.%I::text COLLATE "default") COLLATE "C" AS c%s', c.name, c.place
                ),
                ', ' ORDER BY c.place
            )
            FROM unnest(v_table.columns) WITH ORDINALITY AS c (name, place)
        )
    )
    INTO v_counts USING v_forms, v_words;
    RETURN QUERY
    SELECT c.name, c.count
    FROM unnest(v_table.columns, v_counts) AS c (name, count)
    WHERE c.count > 0;
END;
$$;

COMMENT ON FUNCTION kernel.traces_in(regclass, text[]) IS
'The columns of one table in which one of the tokens stands, and in how many rows; one row of NULLs
for a table that the owner can''t read whole. Reads the table once, whatever the number of tokens.
Raises KR111 UnfitTokens.';

GRANT EXECUTE ON FUNCTION kernel.traces_in(regclass, text[]) TO strongroom_runner;
