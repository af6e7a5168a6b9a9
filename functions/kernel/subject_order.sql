CREATE OR REPLACE FUNCTION kernel.subject_order(p_app text, p_relations regclass[])
RETURNS TABLE (relation regclass, "position" integer, cut_links name[])
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_links CONSTANT jsonb := coalesce(
        (
            SELECT jsonb_agg(jsonb_build_object(
                'name', l.name, 'child', l.child::oid, 'parent', l.parent::oid,
                'is_firm', l.nullable_columns = '{}'
            ))
            FROM kernel.subject_links(p_app) AS l
            WHERE l.child <> l.parent
        ),
        '[]'
    );
    v_left regclass[] := p_relations;
    v_cut jsonb := '{}'::jsonb;
    v_next record;
BEGIN
    position := 0;
    WHILE v_left <> '{}' LOOP
        WITH RECURSIVE links AS MATERIALIZED (
            SELECT l.child, l.parent, l.name, l.is_firm
            FROM jsonb_to_recordset(v_links)
                AS l (child oid, parent oid, name name, is_firm boolean)
            WHERE l.child::regclass = ANY (v_left) AND l.parent::regclass = ANY (v_left)
        ),
        paths AS (
            SELECT l.child AS low, l.parent AS high FROM links AS l
            UNION
            SELECT p.low, l.parent FROM paths AS p JOIN links AS l ON l.child = p.high
        )
        SELECT
            t.id,
            jsonb_agg(jsonb_build_array(l.child, l.name)) FILTER (WHERE l.name IS NOT NULL) AS cut
        INTO v_next
        FROM unnest(v_left) AS t (id)
        LEFT JOIN links AS l ON l.parent = t.id
        -- Nothing refers to it, or what does is in a circle with it.
        WHERE NOT EXISTS (
            SELECT FROM paths AS p
            WHERE p.high = t.id
              AND NOT EXISTS (SELECT FROM paths AS b WHERE b.low = t.id AND b.high = p.low)
        )
        GROUP BY t.id
        ORDER BY count(*) FILTER (WHERE l.is_firm), count(l.name), t.id::regclass::text COLLATE "C"
        LIMIT 1;
        v_cut := v_cut || coalesce(
            (
                SELECT jsonb_object_agg(
                    c.child, coalesce(v_cut -> c.child, '[]'::jsonb) || c.names
                )
                FROM (
                    SELECT e ->> 0, jsonb_agg(e -> 1)
                    FROM jsonb_array_elements(v_next.cut) AS e
                    GROUP BY e ->> 0
                ) AS c (child, names)
            ),
            '{}'
        );
        v_left := array_remove(v_left, v_next.id);
        relation := v_next.id;
        position := position + 1;
        cut_links := ARRAY(
            SELECT k.name FROM jsonb_array_elements_text(v_cut -> relation::oid::text) AS k (name)
            ORDER BY k.name
        );
        RETURN NEXT;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.subject_order(text, regclass[]) IS
'Tables of an app, children first, and what cuts the circles: the foreign keys of each table that lead
to one before it. A circle is cut where columns may be emptied, if it can be.';

GRANT EXECUTE ON FUNCTION kernel.subject_order(text, regclass[]) TO strongroom_runner;
