CREATE OR REPLACE FUNCTION kernel.create_counter_view(p_app text, p_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_parts record;
    v_names text;
    v_sum text;
BEGIN
    v_parts := kernel.counter_parts(p_app, p_name);
    v_names := (
        SELECT string_agg(format('c.%I, ', n.name), '' ORDER BY n.position)
        FROM unnest(v_parts.names) WITH ORDINALITY AS n (name, position)
    );
    v_sum := (
        SELECT format(', coalesce(sum(c.summed), 0)::%s AS summed', a.atttypid::regtype)
        FROM pg_attribute AS a
        WHERE a.attrelid = v_parts.totals::regclass AND a.attname = 'summed'
    );
    EXECUTE format(
        'CREATE VIEW %1$I.%2$I WITH (security_invoker = true) AS'
        ' SELECT %3$s coalesce(sum(c.counted), 0)::bigint AS counted %4$s'
        ' FROM (SELECT %5$s FROM %6$s UNION ALL SELECT %5$s FROM %7$s) AS c %8$s %9$s',
        p_app, p_name, v_names, v_sum, v_parts.columns, v_parts.totals, v_parts.deltas,
        v_parts.per_name,
        -- A group without rows is none; all rows together are a group even when there are none.
        CASE WHEN v_parts.names <> '{}' THEN 'HAVING sum(c.counted) <> 0' END
    );
END;
$$;

COMMENT ON FUNCTION kernel.create_counter_view(text, text) IS
'Creates the view of a counter: its totals, and the deltas that are not folded into them yet.
kernel.count() calls it.';
