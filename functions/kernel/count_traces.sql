CREATE OR REPLACE FUNCTION kernel.count_traces(
    p_relation regclass,
    p_columns name[],
    p_forms text[],
    p_words boolean[]
)
RETURNS TABLE (column_name name, "rows" bigint)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET bytea_output = 'hex'
AS $$
DECLARE
    v_is_plain CONSTANT boolean := (
        SELECT c.relkind = 'r' FROM pg_class AS c WHERE c.oid = p_relation
    );
    v_counts bigint[];
BEGIN
    -- What has no page has no row that anybody sees; asking the table takes longer.
    IF kernel.is_without_pages(p_relation) THEN
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
            FROM unnest(p_columns) WITH ORDINALITY AS c (name, place)
        ),
        CASE WHEN v_is_plain THEN 'ONLY' END,
        p_relation,
        (
            SELECT string_agg(
                format(
                    'lower(t.%I::text COLLATE "default") COLLATE "C" AS c%s', c.name, c.place
                ),
                ', ' ORDER BY c.place
            )
            FROM unnest(p_columns) WITH ORDINALITY AS c (name, place)
        )
    )
    INTO v_counts USING p_forms, p_words;
    RETURN QUERY
    SELECT c.name, c.count
    FROM unnest(p_columns, v_counts) AS c (name, count)
    WHERE c.count > 0;
END;
$$;

COMMENT ON FUNCTION kernel.count_traces(regclass, name[], text[], boolean[]) IS
'The columns among these of one table in which one of the forms of kernel.trace_forms() stands, and in
how many rows. Reads the table once. A part of kernel.traces_in() and kernel.subject_traces().';
