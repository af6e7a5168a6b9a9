CREATE OR REPLACE FUNCTION kernel.subject_traces(p_app text, p_tokens text[])
RETURNS TABLE (relation regclass, column_name name, "rows" bigint)
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
    PERFORM kernel.require_app(p_app);
    SELECT array_agg(f.form), array_agg(f.is_word)
    INTO v_forms, v_words
    FROM kernel.trace_forms(p_tokens) AS f;
    FOR v_table IN
        SELECT s.relation, s.columns, s.is_readable FROM kernel.searched_among(NULL) AS s
    LOOP
        IF v_table.is_readable THEN
            RETURN QUERY
            SELECT v_table.relation, t.column_name, t.rows
            FROM kernel.count_traces(v_table.relation, v_table.columns, v_forms, v_words) AS t;
        ELSE
            RETURN QUERY SELECT v_table.relation, NULL::name, NULL::bigint;
        END IF;
    END LOOP;
    RETURN QUERY
    SELECT 'pg_catalog.pg_statistic'::regclass, t.column_name, t.rows
    FROM kernel.traces_in_statistics(p_tokens) AS t;
END;
$$;

COMMENT ON FUNCTION kernel.subject_traces(text, text[]) IS
'Where one of the tokens still stands in the whole database, whatever the app and whatever the tags
say: tables and materialised views (kernel.searched_tables) and planner statistics. A row with NULLs
names what could not be read whole, so that silence is not taken for proof. It can''t see dead rows
before VACUUM, WAL, backups, replicas'' files, logs, large objects, foreign servers, or copies that are
encoded or encrypted. Raises KR110 UnknownApp, KR111 UnfitTokens.';

GRANT EXECUTE ON FUNCTION kernel.subject_traces(text, text[]) TO strongroom_runner;
