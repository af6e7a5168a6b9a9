CREATE OR REPLACE FUNCTION kernel.column_calls(p_expression pg_node_tree)
RETURNS SETOF oid
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
DECLARE
    -- A node without others inside; with a column in it, or without.
    c_calling CONSTANT text := '\{(\w+) ([^{}]*<column>[^{}]*)\}';
    c_constant CONSTANT text := '\{\w+ ((?!<column>)[^{}])*\}';
    v_left text := replace(replace(p_expression::text, '\{', ''), '\}', '');
    v_node text[];
    v_seen oid[] := ARRAY[]::oid[];
BEGIN
    v_left := regexp_replace(v_left, '\{VAR [^{}]*\}', '<column>', 'g');
    -- From the inside out: what a column stands in becomes a column itself, all else goes.
    WHILE v_left ~ c_calling OR v_left ~ c_constant LOOP
        FOR v_node IN SELECT regexp_matches(v_left, c_calling, 'g') LOOP
            v_seen := v_seen || ARRAY(
                SELECT coalesce(o.oprcode::oid, called.number[1]::oid)
                FROM regexp_matches(v_node[2], '^:(?:opno|funcid) (\d+)') AS called (number)
                LEFT JOIN pg_operator AS o
                    ON v_node[1] <> 'FUNCEXPR' AND o.oid = called.number[1]::oid
            );
        END LOOP;
        v_left := regexp_replace(v_left, c_calling, '<column>', 'g');
        v_left := regexp_replace(v_left, c_constant, '', 'g');
    END LOOP;
    RETURN QUERY SELECT DISTINCT found.function FROM unnest(v_seen) AS found (function);
END;
$$;

COMMENT ON FUNCTION kernel.column_calls(pg_node_tree) IS
'The functions that a stored expression, such as the condition of a policy, calls on columns or on
what is computed from them; operators by their functions. What is called on constants alone is left
out.';

GRANT EXECUTE ON FUNCTION kernel.column_calls(pg_node_tree) TO strongroom_runner, pg_monitor;
