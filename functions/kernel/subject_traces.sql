CREATE OR REPLACE FUNCTION kernel.subject_traces(p_app text, p_tokens text[])
RETURNS TABLE (relation regclass, column_name name, "rows" bigint)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM kernel.subject_tables(p_app) LIMIT 1;
    RETURN QUERY
    SELECT s.relation, t.column_name, t.rows
    FROM kernel.searched_tables() AS s
    CROSS JOIN kernel.traces_in(s.relation, p_tokens) AS t;
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
