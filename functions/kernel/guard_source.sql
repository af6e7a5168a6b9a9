CREATE OR REPLACE FUNCTION kernel.guard_source(p_shape jsonb)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_collect CONSTANT text := $collect$SELECT
            array_agg(u.kind), array_agg(u.purpose),
            array_agg(('x' || lpad(encode(u.key, 'hex'), 16, '0'))::bit(64)::bigint),
            array_agg(u.subject)
        INTO v_kinds, v_purposes, v_keys, v_subjects
        FROM (
        SELECT * FROM (
        %s
        ) AS u (kind, purpose, key, subject) ORDER BY u.key
        ) AS u$collect$;
    v_new CONSTANT text := kernel.guard_used(p_shape, 'guard_new');
    v_old CONSTANT text := kernel.guard_used(p_shape, 'guard_old');
BEGIN
    RETURN format(
        $source$
DECLARE
    v_used record;
    v_fits boolean := true;
    v_kinds text[];
    v_purposes text[];
    v_keys bigint[];
    v_subjects text[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        FOR v_used IN %5$s LOOP
            %7$s
        END LOOP;
    ELSE
        FOR v_used IN (%5$s) EXCEPT (%6$s) LOOP
            %7$s
        END LOOP;
    END IF;
    IF v_fits THEN
        RETURN NULL;
    END IF;
    -- Which one, and why not.
    IF TG_OP = 'INSERT' THEN
        %1$s;
    ELSE
        %2$s;
    END IF;
    IF v_kinds IS NOT NULL THEN
        PERFORM kernel.require_sealing_keys(
            TG_RELID, %3$L, %4$L, v_kinds, v_purposes, v_keys, v_subjects
        );
    END IF;
    RETURN NULL;
END;
$source$,
        format(c_collect, v_new),
        format(c_collect, format('(%s) EXCEPT (%s)', v_new, v_old)),
        p_shape ->> 'app',
        jsonb_array_length(p_shape -> 'subject') > 1,
        kernel.guard_keys(p_shape, 'guard_new'),
        kernel.guard_keys(p_shape, 'guard_old'),
        kernel.guard_checks(p_shape)
    );
END;
$$;

COMMENT ON FUNCTION kernel.guard_source(jsonb) IS
'The body of the trigger function that guards the sealed columns of a table, with its columns baked in:
each statement asks for the keys that it uses. Where all fit, which is nearly always, that is one pass
over its rows and one look at each key; else they are gone through one by one, for the message. What an
UPDATE leaves as it was is not refused.';
