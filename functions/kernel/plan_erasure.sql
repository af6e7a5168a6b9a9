CREATE OR REPLACE FUNCTION kernel.plan_erasure(p_id uuid, p_app text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_kernel CONSTANT text[] := ARRAY[
        'counters', 'audit', 'keys', 'consents', 'views', 'statistics', 'scan', 'forget', 'vacuum'
    ];
    v_plan record;
    v_change record;
BEGIN
    -- What was done stays written, but for tables that are gone.
    DELETE FROM kernel.erasure_step AS s
    WHERE s.request_id = p_id
      AND s.relation IS NOT NULL
      AND NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = s.relation);
    UPDATE kernel.erasure_step AS s
    SET state = 'waiting'
    WHERE s.request_id = p_id AND s.state = 'held';
    PERFORM kernel.add_erasure_step(p_id, 'tokens');
    FOR v_plan IN SELECT p.* FROM kernel.erasure_plan(p_app) AS p ORDER BY p.position LOOP
        IF v_plan.problem IS NOT NULL THEN
            RAISE EXCEPTION USING
                ERRCODE = 'KR095',
                MESSAGE = format('people of app %I can''t be erased', p_app),
                DETAIL = format('%s: %s', v_plan.relation, v_plan.problem),
                HINT = 'Mend the table or its comments; kernel.erasure_plan() names every problem.';
        END IF;
        IF v_plan.action = 'delete' AND v_plan.cut_columns <> '{}' THEN
            PERFORM kernel.add_erasure_step(
                p_id, 'cut', v_plan.relation, NULL, v_plan.condition,
                (SELECT string_agg(format('%I = NULL', c), ', ') FROM unnest(v_plan.cut_columns) AS c),
                NULL
            );
        END IF;
        v_change := kernel.erasure_change(v_plan.relation);
        PERFORM kernel.add_erasure_step(
            p_id, 'rows', v_plan.relation, v_plan.action, v_plan.condition,
            CASE v_plan.action WHEN 'change' THEN v_change.assignment END,
            CASE v_plan.action WHEN 'change' THEN v_change.pending ELSE 'true' END
        );
    END LOOP;
    PERFORM kernel.add_erasure_step(p_id, k.kind)
    FROM unnest(c_kernel) WITH ORDINALITY AS k (kind, place)
    ORDER BY k.place;
END;
$$;

COMMENT ON FUNCTION kernel.plan_erasure(uuid, text) IS
'Writes down the steps of an erasure as tables and tags are now; what was done stays done.
Raises KR095 UnfitErasure.';
