CREATE OR REPLACE FUNCTION kernel.policy_obstacles(p_expression pg_node_tree)
RETURNS text[]
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
DECLARE
    v_left text := replace(replace(p_expression::text, '\{', ''), '\}', '');
    v_before text := '';
BEGIN
    -- From the inside out. What stands within a query counts for that query, which runs once if it
    -- is one value or an array; EXISTS is link type 0, IN (SELECT) is 2.
    WHILE v_left <> v_before LOOP
        v_before := v_left;
        v_left := regexp_replace(v_left, '\{QUERY [^{}]*\}', '', 'g');
        v_left := regexp_replace(v_left, '\{SUBLINK :subLinkType [02] [^{}]*\}', '<rows>', 'g');
        v_left := regexp_replace(v_left, '\{BOOLEXPR :boolop or [^{}]*(<rows>)[^{}]*\}', '<or>\1', 'g');
        v_left := regexp_replace(v_left, '\{BOOLEXPR :boolop or [^{}]*\}', '<or>', 'g');
        v_left := regexp_replace(
            v_left,
            '\{(?!QUERY |SUBLINK :subLinkType [02] |BOOLEXPR :boolop or )\w+ ?([^{}]*)\}', '\1', 'g'
        );
    END LOOP;
    RETURN array_remove(
        ARRAY[
            CASE WHEN v_left LIKE '%<or>%' THEN 'or' END,
            CASE WHEN v_left LIKE '%<rows>%' THEN 'rows' END
        ], NULL
    );
END;
$$;

COMMENT ON FUNCTION kernel.policy_obstacles(pg_node_tree) IS
'What in a stored expression, such as the condition of a policy, keeps it from being an index condition:
or, and rows for EXISTS or IN (SELECT), which run for every row. What stands within a query that gives
one value or an array is left out: that query runs once.';

GRANT EXECUTE ON FUNCTION kernel.policy_obstacles(pg_node_tree) TO strongroom_runner, pg_monitor;
