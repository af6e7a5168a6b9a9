CREATE OR REPLACE FUNCTION kernel.traces_in(p_relation regclass, p_tokens text[])
RETURNS TABLE (column_name name, "rows" bigint)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_forms text[];
    v_words boolean[];
    v_table record;
BEGIN
    SELECT array_agg(f.form), array_agg(f.is_word)
    INTO v_forms, v_words
    FROM kernel.trace_forms(p_tokens) AS f;
    SELECT s.relation, s.columns, s.is_readable
    INTO v_table
    FROM kernel.searched_among(p_relation) AS s
    WHERE p_relation IS NOT NULL;
    IF NOT FOUND THEN
        RETURN;
    ELSIF NOT v_table.is_readable THEN
        RETURN QUERY SELECT NULL::name, NULL::bigint;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT t.column_name, t.rows
    FROM kernel.count_traces(v_table.relation, v_table.columns, v_forms, v_words) AS t;
END;
$$;

COMMENT ON FUNCTION kernel.traces_in(regclass, text[]) IS
'The columns of one table in which one of the tokens stands, and in how many rows; one row of NULLs
for a table that the owner can''t read whole. Reads the table once, whatever the number of tokens.
Raises KR111 UnfitTokens.';

GRANT EXECUTE ON FUNCTION kernel.traces_in(regclass, text[]) TO strongroom_runner;
