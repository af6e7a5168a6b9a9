CREATE OR REPLACE FUNCTION kernel.create_counter_triggers(p_app text, p_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_parts record;
    v_function text;
    v_trigger record;
BEGIN
    v_parts := kernel.counter_parts(p_app, p_name);
    v_function := format('%I.%I', p_app, 'tg_count_' || p_name);
    EXECUTE format(
        'CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE'
        ' SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS %L',
        v_function, kernel.counter_source(p_app, p_name)
    );
    EXECUTE format(
        'COMMENT ON FUNCTION %s() IS %L', v_function,
        format(
            'Appends to %s what a statement changed. Made by kernel.count().', v_parts.deltas
        )
    );
    FOR v_trigger IN
        SELECT t.event, t.rows
        FROM (
            VALUES
                ('insert', 'REFERENCING NEW TABLE AS new_rows'),
                ('update', 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'),
                ('delete', 'REFERENCING OLD TABLE AS old_rows')
        ) AS t (event, rows)
        WHERE t.event <> 'delete' OR v_parts.is_live
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER %I AFTER %s ON %s %s FOR EACH STATEMENT'
            ' EXECUTE FUNCTION %s()',
            format('t60_%s_%s', p_name, v_trigger.event), v_trigger.event, v_parts.relation,
            v_trigger.rows, v_function
        );
    END LOOP;
    IF v_parts.is_live THEN
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER %I BEFORE TRUNCATE ON %s FOR EACH STATEMENT'
            ' EXECUTE FUNCTION kernel.tg_refuse_counted_truncate()',
            format('t60_%s_truncate', p_name), v_parts.relation
        );
    END IF;
    EXECUTE format('ALTER FUNCTION %s() OWNER TO %I', v_function, p_app || '_definer');
END;
$$;

COMMENT ON FUNCTION kernel.create_counter_triggers(text, text) IS
'Creates the trigger function of a counter, tg_count_<name>, owned by the app''s definer, and the
triggers t60_<name>_... of its table. kernel.count() calls it.';
