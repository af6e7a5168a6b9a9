CREATE OR REPLACE FUNCTION kernel.counter_parts(
    p_app text,
    p_name text,
    OUT id integer,
    OUT relation regclass,
    OUT is_live boolean,
    OUT on_erase text,
    OUT names text[],
    OUT subjects text[],
    OUT deltas text,
    OUT totals text,
    OUT has_sum boolean,
    OUT columns text,
    OUT plus text,
    OUT minus text,
    OUT negated text,
    OUT per_group text,
    OUT sums text,
    OUT per_name text,
    OUT differs text,
    OUT conflict text,
    OUT condition text
)
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_day text;
    v_values text[];
    v_list text;
    v_value_list text;
    v_sum text;
BEGIN
    SELECT
        c.id, c.relation, c.is_live, c.on_erase, c.by_columns, c.day_column, c.sum_column,
        format('(%s)', coalesce(c.condition, 'true'))
    INTO id, relation, is_live, on_erase, names, v_day, v_sum, condition
    FROM kernel.counter AS c
    WHERE c.app = p_app AND c.name = p_name;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR053',
            MESSAGE = format('app %L has no counter %L', p_app, p_name),
            HINT = 'Take app and name from kernel.counter.';
    END IF;
    deltas := format('%I.%I', p_app, p_name || '_deltas');
    totals := format('%I.%I', p_app, p_name || '_totals');
    v_values := ARRAY(SELECT format('r.%I', b.name) FROM unnest(names) AS b (name));
    subjects := ARRAY(
        SELECT s.name FROM kernel.subject_columns(relation) AS s (name) WHERE s.name = ANY (names)
    );
    IF v_day IS NOT NULL THEN
        names := names || 'day'::text;
        v_values := v_values || format('(r.%I AT TIME ZONE ''UTC'')::date', v_day);
    END IF;
    has_sum := v_sum IS NOT NULL;
    v_sum := CASE WHEN has_sum THEN format('coalesce(sum(r.%I), 0)', v_sum) END;
    v_value_list := nullif(array_to_string(v_values, ', '), '');

    v_list := (
        SELECT string_agg(quote_ident(n.name), ', ' ORDER BY n.position)
        FROM unnest(names) WITH ORDINALITY AS n (name, position)
    );

    columns := concat_ws(', ', 'counted', CASE WHEN has_sum THEN 'summed' END, v_list);
    plus := concat_ws(', ', 'count(*)', v_sum, v_value_list);
    minus := concat_ws(', ', '-count(*)', '-' || v_sum, v_value_list);
    negated := concat_ws(', ', '-counted', CASE WHEN has_sum THEN '-summed' END, v_list);
    sums := concat_ws(', ', 'sum(c.counted)', CASE WHEN has_sum THEN 'sum(c.summed)' END, v_list);
    differs := 'sum(c.counted) <> 0' || CASE WHEN has_sum THEN ' OR sum(c.summed) <> 0' ELSE '' END;
    per_group := coalesce('GROUP BY ' || v_value_list, 'HAVING count(*) > 0');
    per_name := coalesce('GROUP BY ' || v_list, '');
    conflict := format('(%s)', coalesce(v_list, '(true)'));
END;
$$;

COMMENT ON FUNCTION kernel.counter_parts(text, text) IS
'The pieces of SQL that a counter''s statements are made of, names quoted. r stands for a row that is
counted, c for a row of deltas or totals; plus and minus are the figures of a group of rows, sums those
of a group of deltas. Raises KR053 UnknownCounter.';

GRANT EXECUTE ON FUNCTION kernel.counter_parts(text, text) TO strongroom_runner;
