CREATE OR REPLACE FUNCTION kernel.personal_tokens(p_app text, p_subject text)
RETURNS text[]
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
SET bytea_output = 'hex'
AS $$
DECLARE
    v_subject CONSTANT text := kernel.canonical_subject(p_app, p_subject);
    v_source record;
    v_found text[];
    v_common text[];
    v_tokens text[] := '{}'::text[];
    v_program text[];
BEGIN
    FOR v_source IN
        SELECT s.relation, s.condition, s.column_name, s.parts, s.shortest, s.is_kept
        FROM kernel.token_sources(p_app) AS s
        ORDER BY s.is_kept, s.shortest, s.relation::text COLLATE "C", s.column_name
    LOOP
        CONTINUE WHEN v_source.is_kept AND v_tokens = '{}';
        IF v_source.is_kept THEN
            v_found := v_tokens;
        ELSE
            EXECUTE format(
                'SELECT array_agg(b.token) FROM (SELECT w.token FROM %s AS t'
                ' CROSS JOIN LATERAL %s AS p (part)'
                ' CROSS JOIN LATERAL (SELECT btrim(left(btrim(p.part), 64))) AS w (token)'
                ' WHERE %s AND length(w.token) >= %s GROUP BY w.token'
                ' ORDER BY length(w.token) DESC, w.token COLLATE "C" LIMIT 20) AS b',
                v_source.relation, v_source.parts, v_source.condition, v_source.shortest
            )
            INTO v_found USING v_subject;
            CONTINUE WHEN v_found IS NULL;
        END IF;
        -- What others have said, too, proves nothing; what is kept must not be found.
        EXECUTE format(
            'SELECT array_agg(DISTINCT w.token) FROM %s AS t'
            ' CROSS JOIN LATERAL (SELECT lower(t.%I::text COLLATE "default") OFFSET 0) AS v (words)'
            ' JOIN unnest($2) AS w (token) ON strpos(v.words, lower(w.token)) > 0'
            ' WHERE (%s) IS %s TRUE',
            v_source.relation, v_source.column_name, v_source.condition,
            CASE WHEN v_source.is_kept THEN '' ELSE 'NOT' END
        )
        INTO v_common USING v_subject, v_found;
        v_tokens := ARRAY(
            SELECT DISTINCT t.token COLLATE "C"
            FROM unnest(CASE WHEN v_source.is_kept THEN v_tokens ELSE v_tokens || v_found END)
                AS t (token)
            WHERE t.token <> ALL (coalesce(v_common, '{}'))
            ORDER BY 1
        );
    END LOOP;
    IF v_tokens = '{}' THEN
        RETURN v_tokens;
    END IF;
    -- Asked once: in the condition below it would read the whole program for each token.
    v_program := kernel.program_words(v_tokens);
    RETURN ARRAY(
        SELECT t.token
        FROM unnest(v_tokens) AS t (token)
        WHERE t.token <> ALL (v_program)
        ORDER BY length(t.token) DESC, t.token COLLATE "C"
        LIMIT 100
    );
END;
$$;

COMMENT ON FUNCTION kernel.personal_tokens(text, text) IS
'Values by which a person''s data would be known again anywhere (names, numbers, their own words), to
be searched for after they are erased: at most 20 a column and 100 in all, cut to 64 characters.
Without what columns keep, what others'' rows hold in the same column, and words of the program. They are personal
data: keep them no longer than the search needs. Reads the tables of the app.
Raises KR041 InvalidHold, KR110 UnknownApp.';

GRANT EXECUTE ON FUNCTION kernel.personal_tokens(text, text) TO strongroom_runner;
