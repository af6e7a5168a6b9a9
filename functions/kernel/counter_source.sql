CREATE OR REPLACE FUNCTION kernel.counter_source(p_app text, p_name text)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_parts CONSTANT record := kernel.counter_parts(p_app, p_name);
    v_values CONSTANT text := substring(v_parts.per_group FROM '^GROUP BY (.*)$');
    v_names CONSTANT text := substring(v_parts.per_name FROM '^GROUP BY (.*)$');
    v_sum CONSTANT text := (
        SELECT format('r.%I', c.sum_column)
        FROM kernel.counter AS c
        WHERE c.app = p_app AND c.name = p_name AND v_parts.has_sum
    );
    -- Not of negatives, which the lowest value of a type has not.
    v_change CONSTANT text := CASE WHEN v_parts.has_sum THEN
        'coalesce(sum(c.summed) FILTER (WHERE c.counted = 1), 0)'
        ' - coalesce(sum(c.summed) FILTER (WHERE c.counted = -1), 0)' END;
    -- Most statements write one row, which needs no grouping; that it is the only one is asked once,
    -- not for each row.
    c_rows CONSTANT text := $source$
        INSERT INTO %2$s (%3$s)
        SELECT %4$s
        FROM %1$I AS r
        WHERE %6$s AND NOT EXISTS (SELECT FROM %1$I OFFSET 1);
        IF FOUND THEN
            RETURN NULL;
        END IF;
        INSERT INTO %2$s (%3$s)
        SELECT %5$s
        FROM %1$I AS r
        WHERE %6$s AND EXISTS (SELECT FROM %1$I OFFSET 1)
        %7$s;$source$;
BEGIN
    -- A column may be named like a variable of triggers.
    RETURN format(
        $source$
#variable_conflict use_column
BEGIN
    IF TG_OP = 'INSERT' THEN%1$s
    ELSIF TG_OP = 'DELETE' THEN%2$s
    ELSE
        INSERT INTO %3$s (%4$s)
        SELECT %5$s
        FROM (
            SELECT %6$s FROM new_rows AS r WHERE %8$s
            UNION ALL
            SELECT %7$s FROM old_rows AS r WHERE %8$s
        ) AS c (%4$s)
        %9$s;
    END IF;
    RETURN NULL;
END;
$source$,
        format(
            c_rows, 'new_rows', v_parts.deltas, v_parts.columns,
            concat_ws(', ', '1', 'coalesce(' || v_sum || ', 0)', v_values),
            v_parts.plus, v_parts.condition, v_parts.per_group
        ),
        format(
            c_rows, 'old_rows', v_parts.deltas, v_parts.columns,
            concat_ws(', ', '-1', '-coalesce(' || v_sum || ', 0)::numeric', v_values),
            v_parts.minus, v_parts.condition, v_parts.per_group
        ),
        v_parts.deltas, v_parts.columns,
        concat_ws(', ', 'sum(c.counted)', v_change, v_names),
        concat_ws(', ', '1', v_sum, v_values), concat_ws(', ', '-1', v_sum, v_values),
        v_parts.condition,
        format(
            '%s HAVING %s', v_parts.per_name,
            concat_ws(' OR ', 'sum(c.counted) <> 0', v_change || ' <> 0')
        )
    );
END;
$$;

COMMENT ON FUNCTION kernel.counter_source(text, text) IS
'The body of a counter''s trigger function, with its columns baked in: a statement made of text would
be planned anew for each write. Raises KR053 UnknownCounter.';

GRANT EXECUTE ON FUNCTION kernel.counter_source(text, text) TO strongroom_runner;
