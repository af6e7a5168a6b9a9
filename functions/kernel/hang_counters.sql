CREATE OR REPLACE FUNCTION kernel.hang_counters(p_relation regclass, p_name text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_trigger record;
BEGIN
    FOR v_trigger IN
        SELECT
            format('t60_%s_%s', c.name, e.event) AS name,
            e.clause,
            CASE e.event
                WHEN 'truncate' THEN 'kernel.tg_refuse_counted_truncate'
                ELSE format('%I.%I', c.app, 'tg_count_' || c.name)
            END AS function_name
        FROM kernel.counter AS c
        CROSS JOIN (
            VALUES
                ('insert', 'AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'),
                (
                    'update',
                    'AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
                ),
                ('delete', 'AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'),
                ('truncate', 'BEFORE TRUNCATE ON %s')
        ) AS e (event, clause)
        WHERE c.relation = coalesce(pg_partition_root(p_relation), p_relation)
          AND c.name = coalesce(p_name, c.name)
          AND (c.is_live OR e.event IN ('insert', 'update'))
        ORDER BY c.id, e.event
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER %I %s FOR EACH STATEMENT EXECUTE FUNCTION %s()',
            v_trigger.name, format(v_trigger.clause, p_relation), v_trigger.function_name
        );
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.hang_counters(regclass, text) IS
'Gives a table, or a partition of one, the triggers of its counters (p_name: of one), for statements
that name it itself. Called for every new partition; does nothing where nothing is counted.';
