-- The triggers are made anew by the functions that are there: these are the earlier ones once they were
-- taken back. What they append to has no key still, and needs none.
DO $$
DECLARE
    v_counter record;
BEGIN
    FOR v_counter IN
        SELECT c.app, c.name
        FROM kernel.counter AS c
        ORDER BY c.id
    LOOP
        PERFORM kernel.create_counter_triggers(v_counter.app, v_counter.name);
    END LOOP;
END;
$$;
