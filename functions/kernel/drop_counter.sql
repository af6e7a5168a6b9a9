CREATE OR REPLACE FUNCTION kernel.drop_counter(p_app text, p_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_parts record;
    v_function CONSTANT text := format('%I.%I()', p_app, 'tg_count_' || p_name);
    v_trigger record;
BEGIN
    v_parts := kernel.counter_parts(p_app, p_name);
    FOR v_trigger IN
        SELECT t.tgname, t.tgrelid::regclass AS relation
        FROM pg_trigger AS t
        WHERE t.tgname = ANY (ARRAY(
            SELECT format('t60_%s_%s', p_name, e.event)
            FROM unnest(ARRAY['insert', 'update', 'delete', 'truncate']) AS e (event)
        ))
          -- Whatever became of its table: a partition of another one, or no partition any more.
          AND (
              t.tgfoid = to_regprocedure(v_function)
              OR t.tgfoid = 'kernel.tg_refuse_counted_truncate()'::regprocedure
              AND t.tgrelid IN (
                  SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                  WHERE n.nspname = p_app
              )
          )
        ORDER BY t.tgrelid, t.tgname
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', v_trigger.tgname, v_trigger.relation);
    END LOOP;
    EXECUTE format('DROP FUNCTION IF EXISTS %s', v_function);
    EXECUTE format('DROP VIEW IF EXISTS %I.%I', p_app, p_name);
    EXECUTE format('DROP TABLE IF EXISTS %s, %s', v_parts.deltas, v_parts.totals);
    DELETE FROM kernel.counter AS c WHERE c.app = p_app AND c.name = p_name;
END;
$$;

COMMENT ON FUNCTION kernel.drop_counter(text, text) IS
'Stops counting and forgets the figures; for the owner, in a migration. A view that reads the counter
has to go first. Raises KR053 UnknownCounter.';
