CREATE OR REPLACE FUNCTION kernel.erasure_plan(p_app text)
RETURNS TABLE (
    relation regclass,
    "position" integer,
    action text,
    columns name[],
    kept_columns name[],
    reasons text[],
    cut_columns name[],
    condition text,
    problem text
)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_tables jsonb := jsonb '{}';
    v_table record;
    v_parents text[];
    v_deletes boolean;
BEGIN
    -- From parents to children, for who refers to a row that goes may have to go first.
    FOR v_table IN
        SELECT s.relation, s.problem AS cycle, to_jsonb(c) AS tags
        FROM kernel.subject_tables(p_app) AS s
        CROSS JOIN LATERAL kernel.erasure_columns(s.relation) AS c
        ORDER BY s.position DESC
    LOOP
        v_parents := ARRAY(
            SELECT l.delete_action::text || ' ' || l.parent::text
            FROM kernel.subject_links(p_app) AS l
            WHERE l.child = v_table.relation
              AND l.delete_action IN ('a', 'r', 'c')
              AND v_tables #>> ARRAY[l.parent::oid::text, 'action'] = 'delete'
        );
        v_deletes := v_table.tags -> 'deletes' <> '[]' OR (
            v_table.tags -> 'changes' = '[]' AND v_table.tags -> 'keeps' = '[]' AND v_parents <> '{}'
        );
        v_tables := v_tables || jsonb_build_object(v_table.relation::oid::text, jsonb_build_object(
            'action', CASE
                WHEN v_deletes THEN 'delete'
                WHEN v_table.tags -> 'changes' <> '[]' THEN 'change'
                ELSE 'keep'
            END,
            'problem', coalesce(
                v_table.cycle, kernel.erasure_problem(v_table.tags, v_deletes, v_parents)
            )
        ));
    END LOOP;

    RETURN QUERY
    SELECT
        s.relation, s.position, v_tables #>> ARRAY[s.relation::oid::text, 'action'],
        c.deletes || c.changes, c.keeps, c.reasons, s.cut_columns, s.condition,
        v_tables #>> ARRAY[s.relation::oid::text, 'problem']
    FROM kernel.subject_tables(p_app) AS s
    CROSS JOIN LATERAL kernel.erasure_columns(s.relation) AS c
    -- Counters have a step of their own.
    WHERE NOT EXISTS (
        SELECT
        FROM kernel.counter AS k
        WHERE k.app = p_app
          AND s.relation IN (
              to_regclass(format('%I.%I', k.app, k.name || '_deltas')),
              to_regclass(format('%I.%I', k.app, k.name || '_totals'))
          )
    )
    ORDER BY s.position;
END;
$$;

COMMENT ON FUNCTION kernel.erasure_plan(text) IS
'What erasing a person does to each table of an app that holds rows of people, children first: delete
the row, where a column says so, or where nothing in it is personal and it refers to a row that goes;
else change columns, in one UPDATE; else keep it. condition is SQL over rows t and $1, as of
kernel.subject_tables. problem: why that can''t be done. Reads comments. Raises KR110 UnknownApp.';
