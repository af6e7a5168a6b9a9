CREATE OR REPLACE FUNCTION kernel.people_conditions(
    p_app text, p_people regclass, p_relation regclass DEFAULT NULL
)
RETURNS TABLE (relation regclass, condition text, is_direct boolean, is_shared boolean)
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_links CONSTANT jsonb := kernel.whole_links(p_app, p_relation);
    v_above CONSTANT oid[] := ARRAY(SELECT (l ->> 'parent_id')::oid FROM jsonb_array_elements(v_links) AS l);
    v_found jsonb;
    v_table record;
    v_used jsonb;
BEGIN
    -- All at once: to add thousands of tables one by one copies what there is each time.
    SELECT coalesce(jsonb_object_agg(t.oid, to_jsonb(t)), '{}')
    INTO v_found
    FROM (
        SELECT
            c.oid,
            array_to_string(nullif(kernel.own_conditions(c.oid, p_app, p_people), '{}'), ' OR '),
            (SELECT count(*) > 1 FROM kernel.subject_columns(c.oid))
        FROM pg_class AS c
        WHERE c.relnamespace = (SELECT n.oid FROM pg_namespace AS n WHERE n.nspname = p_app)
          AND c.relkind IN ('r', 'p')
          AND NOT c.relispartition
          -- What decides about the rows of one table is above it; an app may have thousands of others.
          AND (p_relation IS NULL OR c.oid = p_relation OR c.oid = ANY (v_above))
        -- Each is asked once, not for the answer and for the test of it.
        OFFSET 0
    ) AS t (oid, condition, shared)
    WHERE t.condition IS NOT NULL;
    RETURN QUERY
    SELECT f.key::oid::regclass, f.value ->> 'condition', true, (f.value ->> 'shared')::boolean
    FROM jsonb_each(v_found) AS f;
    is_direct := false;
    LOOP
        -- A table whose owners are all known, else one (of a circle) with one that is.
        SELECT
            l.child_id,
            jsonb_agg(l.link) FILTER (WHERE l.is_known AND l.is_owner) AS owners,
            jsonb_agg(l.link) FILTER (WHERE l.is_known) AS others
        INTO v_table
        FROM kernel.subject_owners(v_links, v_found) AS l
        GROUP BY l.child_id
        HAVING bool_or(l.is_known)
        ORDER BY
            NOT bool_and(l.is_known OR NOT l.is_owner), NOT bool_or(l.is_known AND l.is_owner),
            l.child_id::regclass::text COLLATE "C"
        LIMIT 1;
        EXIT WHEN NOT FOUND;
        v_used := coalesce(v_table.owners, v_table.others);
        relation := v_table.child_id;
        SELECT
            format(
                CASE WHEN count(*) > 1 THEN '(%s)' ELSE '%s' END,
                string_agg(
                    kernel.subject_link_condition(
                        u.link, v_found #>> ARRAY[u.link ->> 'parent_id', 'condition'],
                        jsonb_array_length(v_used) = 1
                    ),
                    ' OR ' ORDER BY u.link ->> 'name'
                )
            ),
            count(*) > 1 OR bool_or((v_found #>> ARRAY[u.link ->> 'parent_id', 'shared'])::boolean)
        INTO condition, is_shared
        FROM jsonb_array_elements(v_used) AS u (link);
        v_found := v_found || jsonb_build_object(
            relation::oid::text, jsonb_build_object('condition', condition, 'shared', is_shared)
        );
        RETURN NEXT;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.people_conditions(text, regclass, regclass) IS
'Which rows of which tables of an app are of the person $1, or, where a view of people (app, subject) is
named, of one of these; without an order. p_relation: only what decides about the rows of this table.
See kernel.subject_tables.';

GRANT EXECUTE ON FUNCTION kernel.people_conditions(text, regclass, regclass) TO strongroom_runner, pg_monitor;
