CREATE OR REPLACE FUNCTION kernel.erasure_actions(p_app text)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_links CONSTANT jsonb := coalesce(
        (
            SELECT jsonb_agg(jsonb_build_object(
                'child', l.child::oid, 'parent', l.parent::oid,
                'words', l.delete_action::text || ' ' || l.parent::text
            ))
            FROM kernel.subject_links(p_app) AS l
            WHERE l.delete_action IN ('a', 'r', 'c')
        ),
        '[]'
    );
    v_tables jsonb := jsonb '{}';
    v_table record;
    v_parents text[];
    v_deletes boolean;
BEGIN
    -- From parents to children, for who refers to a row that goes may have to go first.
    FOR v_table IN
        SELECT
            s.relation, s.position, s.cut_columns, s.condition, s.problem AS cycle,
            to_jsonb(c) AS tags
        FROM kernel.subject_tables(p_app) AS s
        CROSS JOIN LATERAL kernel.erasure_columns(s.relation) AS c
        ORDER BY s.position DESC
    LOOP
        v_parents := ARRAY(
            SELECT l.words
            FROM jsonb_to_recordset(c_links) AS l (child oid, parent oid, words text)
            WHERE l.child = v_table.relation
              AND v_tables #>> ARRAY[l.parent::text, 'action'] = 'delete'
        );
        v_deletes := v_table.tags -> 'deletes' <> '[]' OR (
            v_table.tags -> 'changes' = '[]' AND v_table.tags -> 'keeps' = '[]' AND v_parents <> '{}'
        );
        v_tables := v_tables || jsonb_build_object(v_table.relation::oid::text, jsonb_build_object(
            'position', v_table.position,
            'cut_columns', v_table.cut_columns,
            'condition', v_table.condition,
            'tags', v_table.tags,
            'action', CASE
                WHEN v_deletes THEN 'delete'
                WHEN v_table.tags -> 'changes' <> '[]' THEN 'change'
                ELSE 'keep'
            END,
            'problem', coalesce(
                v_table.cycle, kernel.erasure_problem(v_table.tags, v_deletes, v_parents),
                (
                    SELECT format(
                        'The rows of %s are not reached until it is wholly detached.',
                        min(i.inhrelid::regclass::text)
                    )
                    FROM pg_inherits AS i
                    WHERE i.inhdetachpending
                      AND i.inhparent IN (
                          SELECT p.relid FROM pg_partition_tree(v_table.relation) AS p
                      )
                    HAVING count(*) > 0
                )
            )
        ));
    END LOOP;
    RETURN v_tables;
END;
$$;

COMMENT ON FUNCTION kernel.erasure_actions(text) IS
'Of each table of an app that holds rows of people, by its number: what kernel.subject_tables() and
kernel.erasure_columns() say, the action (delete, change, keep) and the problem. A part of
kernel.erasure_plan. Raises KR110 UnknownApp.';
