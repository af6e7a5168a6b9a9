CREATE OR REPLACE FUNCTION kernel.create_counter_tables(p_app text, p_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_parts record;
    v_table text;
    -- The columns of a group that are never NULL.
    v_certain text[];
    v_subject text;
BEGIN
    v_parts := kernel.counter_parts(p_app, p_name);
    v_certain := ARRAY(
        SELECT CASE a.attname WHEN c.day_column THEN 'day' ELSE a.attname::text END
        FROM kernel.counter AS c
        JOIN pg_attribute AS a
            ON a.attrelid = c.relation
            AND a.attname = ANY (c.by_columns || c.day_column)
            AND a.attnotnull
        WHERE c.app = p_app AND c.name = p_name
    );
    FOREACH v_table IN ARRAY ARRAY[v_parts.deltas, v_parts.totals] LOOP
        -- The types come with the values.
        EXECUTE format(
            'CREATE TABLE %1$s (%2$s) AS SELECT %3$s FROM %4$s AS r WHERE %5$s AND false %6$s;'
            ' ALTER TABLE %1$s ALTER counted SET NOT NULL %7$s %8$s',
            v_table, v_parts.columns, v_parts.plus, v_parts.relation, v_parts.condition,
            v_parts.per_group, CASE WHEN v_parts.has_sum THEN ', ALTER summed SET NOT NULL' END,
            (
                SELECT string_agg(format(', ALTER %I SET NOT NULL', n.name), '')
                FROM unnest(v_certain) AS n (name)
                -- Nobody is who an erased person becomes.
                WHERE v_table = v_parts.deltas OR v_parts.on_erase = 'delete'
                   OR n.name <> ALL (v_parts.subjects)
            )
        );
    END LOOP;
    -- Every counted statement would pay for a key, and nothing looks for a row. Who publishes all
    -- tables can still have rows deleted; and they come and go at once.
    EXECUTE format(
        'ALTER TABLE %s REPLICA IDENTITY FULL,'
        ' SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)',
        v_parts.deltas
    );
    -- Its policy asks for the person.
    v_subject := (SELECT s.name FROM unnest(v_parts.subjects) AS s (name) LIMIT 1);
    IF v_subject IS NOT NULL THEN
        EXECUTE format(
            'CREATE INDEX %I ON %s (%I)',
            p_name || '_deltas_subject_idx', v_parts.deltas, v_subject
        );
    END IF;
    IF v_parts.names <> '{}' AND v_parts.names <@ v_certain
        AND (v_subject IS NULL OR v_parts.on_erase = 'delete')
    THEN
        EXECUTE format(
            'ALTER TABLE %s SET (fillfactor = 70), ADD CONSTRAINT %I PRIMARY KEY %s',
            v_parts.totals, p_name || '_totals_pkey', v_parts.conflict
        );
        RETURN;
    END IF;
    EXECUTE format(
        'ALTER TABLE %1$s SET (fillfactor = 70),'
        ' ADD COLUMN total_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,'
        ' ADD CONSTRAINT %2$I PRIMARY KEY (total_id);'
        ' CREATE UNIQUE INDEX %3$I ON %1$s %4$s NULLS NOT DISTINCT',
        v_parts.totals, p_name || '_totals_pkey', p_name || '_totals_group_key', v_parts.conflict
    );
END;
$$;

COMMENT ON FUNCTION kernel.create_counter_tables(text, text) IS
'Creates the tables of a counter: <name>_deltas, to which its trigger appends, and <name>_totals, into
which kernel.fold_counters() folds them. kernel.count() calls it.';
