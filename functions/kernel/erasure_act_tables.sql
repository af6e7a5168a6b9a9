CREATE OR REPLACE FUNCTION kernel.erasure_act_tables(p_id uuid, p_app text)
RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH steps AS (
        SELECT
            s.id, s.kind, s.relation, s.row_count, s.kept_count, p.action, p.columns,
            p.kept_columns, p.reasons
        FROM kernel.erasure_step AS s
        LEFT JOIN kernel.erasure_plan(p_app) AS p ON p.relation = s.relation
        WHERE s.request_id = p_id
    )
    SELECT jsonb_build_object(
        'categories', coalesce(
            (
                SELECT jsonb_agg(DISTINCT m.kind)
                FROM steps AS c
                JOIN kernel.data_map AS m
                    ON m.relation = c.relation AND m.erase NOT LIKE 'keep %'
                WHERE c.row_count > 0 AND m.kind IS NOT NULL
            ),
            '[]'
        ),
        'tables', coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'table', s.relation::text, 'action', s.action,
                    'columns', to_jsonb(s.columns), 'rows', s.row_count
                )
                ORDER BY s.id
            ) FILTER (WHERE s.kind = 'rows' AND s.row_count > 0),
            '[]'
        ),
        'kept', coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'table', s.relation::text, 'columns', to_jsonb(s.kept_columns),
                    'reasons', to_jsonb(s.reasons), 'rows', s.kept_count
                )
                ORDER BY s.id
            ) FILTER (WHERE s.kind = 'rows' AND s.kept_count > 0),
            '[]'
        ),
        'kernel', jsonb_object_agg(s.kind, s.row_count)
            FILTER (WHERE s.kind IN ('counters', 'audit', 'keys'))
    )
    FROM steps AS s
$$;

COMMENT ON FUNCTION kernel.erasure_act_tables(uuid, text) IS
'What an act says of tables: categories of data, what was deleted or changed, what is kept and why,
and what went from the kernel''s own.';
