CREATE OR REPLACE FUNCTION kernel.scan_traces(p_id uuid, p_app text, p_subject text)
RETURNS text
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- What masks have left, in rows that are still the person's.
    v_masked CONSTANT text[] := kernel.personal_tokens(p_app, p_subject);
    v_tokens CONSTANT text[] := ARRAY(
        SELECT t.token FROM kernel.erasure_token AS t
        WHERE t.request_id = p_id AND t.token <> ALL (v_masked)
        ORDER BY t.token COLLATE "C"
    );
BEGIN
    IF v_tokens = '{}' THEN
        RETURN NULL;
    END IF;
    DELETE FROM kernel.erasure_trace AS t WHERE t.request_id = p_id AND t.accepted_at IS NULL;
    INSERT INTO kernel.erasure_trace AS t (request_id, relation_name, column_name, row_count)
    SELECT p_id, f.relation::text, coalesce(f.column_name, ''), max(f.rows)
    FROM kernel.subject_traces(p_app, v_tokens) AS f
    WHERE NOT EXISTS (
        SELECT
        FROM kernel.data_map AS m
        WHERE m.relation = f.relation
          AND m.column_name = f.column_name
          -- A mask that asks who is erased leaves what is another person's in the same row.
          AND (m.erase LIKE 'keep %' OR m.erase LIKE 'mask %$1%')
    )
      -- PostgreSQL lets only superusers read them; they were made anew.
      AND NOT (f.relation = 'pg_catalog.pg_statistic'::regclass AND f.rows IS NULL)
    GROUP BY f.relation, f.column_name
    ON CONFLICT (request_id, relation_name, column_name)
    DO UPDATE SET row_count = EXCLUDED.row_count, found_at = EXCLUDED.found_at;
    RETURN (
        SELECT left(
            'something of the person is left in ' || string_agg(
                concat_ws('.', t.relation_name, nullif(t.column_name, '')), ', '
                ORDER BY t.relation_name, t.column_name
            ),
            2000
        )
        FROM kernel.erasure_trace AS t
        WHERE t.request_id = p_id AND t.accepted_at IS NULL
    );
END;
$$;

COMMENT ON FUNCTION kernel.scan_traces(uuid, text, text) IS
'Looks in every column of the database for what was remembered of the person and should be gone, but
for columns that are kept with a reason, or whose mask asks who is erased; where something is left
that nobody accepted, as a sentence, else NULL.';
