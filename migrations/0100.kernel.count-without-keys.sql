-- Spare the statements that counters count the key of what they append, and the grouping of one row.
-- depends: 0086.kernel.tell-of-crowded-keys
-- locks: ACCESS EXCLUSIVE on the deltas of each counter, SHARE ROW EXCLUSIVE on each counted table, until the end

-- Counters that come later are made so at once.
DO $$
DECLARE
    v_counter record;
    v_deltas regclass;
    v_subject text;
BEGIN
    FOR v_counter IN
        SELECT c.app, c.name, c.relation
        FROM kernel.counter AS c
        ORDER BY c.id
    LOOP
        -- First, as a writer takes it first.
        PERFORM kernel.create_counter_triggers(v_counter.app, v_counter.name);
        v_deltas := format('%I.%I', v_counter.app, v_counter.name || '_deltas');
        EXECUTE format(
            'ALTER TABLE %s DROP COLUMN IF EXISTS delta_id, REPLICA IDENTITY FULL', v_deltas
        );
        v_subject := (kernel.counter_parts(v_counter.app, v_counter.name)).subjects[1];
        IF v_subject IS NOT NULL THEN
            EXECUTE format(
                'CREATE INDEX IF NOT EXISTS %I ON %s (%I)',
                v_counter.name || '_deltas_subject_idx', v_deltas, v_subject
            );
        END IF;
        -- Not its columns: an app may have told of them in words, and with tags, of its own.
        EXECUTE format(
            'COMMENT ON TABLE %s IS %L', v_deltas,
            format(
                E'What changed in counts of %s since it was last folded.\n'
                '@keyless every counted statement would pay for the key', v_counter.relation
            )
        );
    END LOOP;
END;
$$;
