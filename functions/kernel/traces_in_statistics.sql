CREATE OR REPLACE FUNCTION kernel.traces_in_statistics(p_tokens text[])
RETURNS TABLE (column_name name, "rows" bigint)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET bytea_output = 'hex'
AS $$
DECLARE
    v_forms text[];
    v_words boolean[];
BEGIN
    SELECT array_agg(f.form), array_agg(f.is_word)
    INTO v_forms, v_words
    FROM kernel.trace_forms(p_tokens) AS f;
    IF NOT has_table_privilege('pg_catalog.pg_statistic', 'SELECT') THEN
        RETURN QUERY SELECT NULL::name, NULL::bigint;
    ELSE
        RETURN QUERY EXECUTE format(
            'SELECT ''stavalues''::name, count(*) FROM pg_statistic AS s CROSS JOIN LATERAL ('
            'SELECT lower(concat_ws('' '', s.stavalues1::text, s.stavalues2::text,'
            ' s.stavalues3::text, s.stavalues4::text, s.stavalues5::text) COLLATE "default")'
            ' COLLATE "C" AS words OFFSET 0) AS v WHERE %s HAVING count(*) > 0',
            kernel.trace_condition('v.words')
        )
        USING v_forms, v_words;
    END IF;
    -- Extended statistics, where PostgreSQL lets us see them.
    RETURN QUERY EXECUTE format(
        'SELECT ''most_common_vals''::name, count(*) FROM pg_stats_ext AS e CROSS JOIN LATERAL ('
        'SELECT lower(e.most_common_vals::text COLLATE "default") COLLATE "C" AS words OFFSET 0'
        ') AS v WHERE %s HAVING count(*) > 0',
        kernel.trace_condition('v.words')
    )
    USING v_forms, v_words;
END;
$$;

COMMENT ON FUNCTION kernel.traces_in_statistics(text[]) IS
'How many entries of planner statistics, which hold values of rows, hold one of the tokens. PostgreSQL
hides those of tables under row level security even from their owner: then one row of NULLs. A
superuser may grant SELECT on pg_catalog.pg_statistic to the owner. Raises KR111 UnfitTokens.';

GRANT EXECUTE ON FUNCTION kernel.traces_in_statistics(text[]) TO strongroom_runner;
