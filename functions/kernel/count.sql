CREATE OR REPLACE FUNCTION kernel.count(
    p_relation regclass,
    p_name text,
    p_by text[] DEFAULT '{}',
    p_sum text DEFAULT NULL,
    p_where text DEFAULT NULL,
    p_day text DEFAULT NULL,
    p_on_erase text DEFAULT 'delete',
    p_backfill boolean DEFAULT true
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_app CONSTANT text := (
        SELECT n.nspname
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.oid = p_relation
    );
    v_known record;
BEGIN
    PERFORM kernel.require_countable(p_relation, p_name, p_by, p_day, p_sum, p_on_erase);
    -- Writers who have begun are awaited, so that every row is counted: by its trigger or below.
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', p_relation);
    SELECT
        c.relation,
        (c.by_columns, c.sum_column, c.condition, c.day_column, c.on_erase)
        IS NOT DISTINCT FROM (p_by, p_sum, p_where, p_day, p_on_erase)
        AND p_relation IN (c.relation, pg_partition_root(c.relation)) AS is_same
    INTO v_known
    FROM kernel.counter AS c
    WHERE c.app = c_app AND c.name = p_name;
    IF v_known.is_same AND v_known.relation = p_relation THEN
        RETURN;
    ELSIF v_known.is_same THEN
        -- What was counted alone is a partition by now, and the whole goes on from there.
        UPDATE kernel.counter AS c SET relation = p_relation WHERE c.app = c_app AND c.name = p_name;
        PERFORM kernel.create_counter_triggers(c_app, p_name);
        PERFORM kernel.comment_counter(c_app, p_name);
        PERFORM kernel.recount(c_app, p_name);
        RETURN;
    ELSIF FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR052',
            MESSAGE = format('counter %I.%I counts something else', c_app, p_name),
            HINT = 'Drop it first by kernel.drop_counter(), or take another name.';
    END IF;
    IF p_where IS NOT NULL THEN
        PERFORM kernel.require_condition(c_app, p_name, p_relation, p_where);
    END IF;
    INSERT INTO kernel.counter (
        app, name, relation, by_columns, sum_column, condition, day_column, on_erase
    )
    VALUES (c_app, p_name, p_relation, p_by, p_sum, p_where, p_day, p_on_erase);
    PERFORM kernel.create_counter_tables(c_app, p_name);
    PERFORM kernel.create_counter_view(c_app, p_name);
    PERFORM kernel.grant_counter(c_app, p_name);
    PERFORM kernel.comment_counter(c_app, p_name);
    PERFORM kernel.create_counter_triggers(c_app, p_name);
    IF p_backfill THEN
        PERFORM kernel.recount(c_app, p_name);
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.count(regclass, text, text[], text, text, text, text, boolean) IS
'Counts the rows of a table of an app from now on; for the owner, in the table''s file and its
migration. p_name is the view to read, in the table''s schema, and says what is counted: ..._live rows
that are there, ..._ever deleted ones, too. p_by: columns to count apart by; p_day: an instant, to
count apart by its day in UTC; p_sum: a column to add up; p_where: which rows count, by their own
columns; p_on_erase: delete or anonymise what is left of an erased person. p_backfill counts the rows
that are there now, while writers wait; else a job does it, while nobody waits. Of a table that was counted
and is a partition by now, the same call with its root goes on with what was counted.
Raises KR051 NotCountable, KR052 CounterExists.';
