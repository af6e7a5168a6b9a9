CREATE OR REPLACE FUNCTION kernel.counter_source(p_app text, p_name text)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_parts CONSTANT record := kernel.counter_parts(p_app, p_name);
BEGIN
    -- A column may be named like a variable of triggers.
    RETURN format(
        $source$
#variable_conflict use_column
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO %1$s (%2$s)
        SELECT %3$s
        FROM new_rows AS r
        WHERE %5$s
        %6$s;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO %1$s (%2$s)
        SELECT %7$s
        FROM (
            SELECT %3$s
            FROM new_rows AS r
            WHERE %5$s
            %6$s
            UNION ALL
            SELECT %4$s
            FROM old_rows AS r
            WHERE %5$s
            %6$s
        ) AS c (%2$s)
        %8$s
        HAVING %9$s;
    ELSE
        INSERT INTO %1$s (%2$s)
        SELECT %4$s
        FROM old_rows AS r
        WHERE %5$s
        %6$s;
    END IF;
    RETURN NULL;
END;
$source$,
        v_parts.deltas, v_parts.columns, v_parts.plus, v_parts.minus, v_parts.condition,
        v_parts.per_group, v_parts.sums, v_parts.per_name, v_parts.differs
    );
END;
$$;

COMMENT ON FUNCTION kernel.counter_source(text, text) IS
'The body of a counter''s trigger function, with its columns baked in: a statement made of text would
be planned anew for each write. Raises KR053 UnknownCounter.';

GRANT EXECUTE ON FUNCTION kernel.counter_source(text, text) TO strongroom_runner;
