CREATE OR REPLACE FUNCTION kernel.destroy_rows(
    p_policy text,
    p_source regclass,
    p_condition text,
    p_bounds text[],
    p_limit integer,
    p_locks_first boolean
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
SET intervalstyle = 'iso_8601'
SET extra_float_digits = '1'
SET bytea_output = 'hex'
SET lock_timeout = '100ms'
AS $$
DECLARE
    v_deletes CONSTANT boolean := EXISTS (
        SELECT FROM kernel.retention_policy AS p WHERE p.name = p_policy AND p.action = 'delete'
    );
    v_rows tid[];
    v_parts oid[];
    v_count bigint;
    v_is_unstable boolean;
BEGIN
    IF NOT p_locks_first THEN
        BEGIN
            IF v_deletes THEN
                RETURN kernel.delete_rows(p_policy, p_source, p_condition, p_bounds);
            END IF;
            EXECUTE kernel.destruction_statement(p_policy, p_source, p_condition, p_bounds)
            INTO v_count, v_is_unstable;
            PERFORM kernel.require_stable_mask(p_policy, v_is_unstable);
            RETURN v_count;
        EXCEPTION
            WHEN lock_not_available THEN
                -- Somebody is at one of the rows: leave theirs, take the others.
                v_count := NULL;
        END;
    END IF;

    EXECUTE format(
        'SELECT array_agg(x.ctid), array_agg(x.tableoid) FROM (SELECT t.ctid, t.tableoid'
        ' FROM %s AS t WHERE %s LIMIT %s FOR UPDATE OF t SKIP LOCKED) AS x',
        p_source, p_condition, p_limit
    ) INTO v_rows, v_parts;
    IF v_rows IS NULL THEN
        RETURN 0;
    END IF;
    -- The condition again, for a row that refers to one of these may be newer than the lock.
    EXECUTE kernel.destruction_statement(
        p_policy, p_source,
        p_condition || ' AND t.ctid = ANY ($1) AND (t.tableoid, t.ctid) IN'
        ' (SELECT u.part, u.line FROM unnest($2, $1) AS u (part, line))',
        p_bounds
    ) INTO v_count, v_is_unstable USING v_rows, v_parts;
    PERFORM kernel.require_stable_mask(p_policy, v_is_unstable);
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.destroy_rows(text, regclass, text, text[], integer, boolean) IS
'Carries out a policy on the rows that a condition names, and writes the record; how many. At first
without locks of its own, for that costs half; where rows are locked, or asked to, it locks up to
p_limit rows that nobody else has and takes those. For use under kernel.lock_pins().
Raises KR033 UnstableMask.';
