CREATE OR REPLACE FUNCTION kernel.require_sealing_keys(
    p_relation regclass, p_app text, p_is_shared boolean,
    p_kinds text[], p_purposes text[], p_keys bigint[], p_subjects text[]
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_key record;
    v_problem text;
    v_is_over boolean;
BEGIN
    -- One by one: a statement has few, and one query for all of them takes three times as long for one.
    FOR v_n IN 1 .. cardinality(p_keys) LOOP
        -- Whoever closes, deletes or retires it waits for this transaction, or this one for him.
        IF p_kinds[v_n] = 'seal' THEN
            SELECT k.app, k.purpose, k.subject, k.closed_at INTO v_key
            FROM kernel.subject_key AS k WHERE k.id = p_keys[v_n] FOR KEY SHARE;
            v_is_over := v_key.closed_at IS NOT NULL;
            v_problem := CASE
                WHEN NOT FOUND THEN 'is not there'
                WHEN v_key.app <> p_app THEN 'belongs to another app'
                WHEN v_key.purpose <> p_purposes[v_n] THEN 'is for another purpose'
                WHEN NOT p_is_shared AND v_key.subject IS DISTINCT FROM p_subjects[v_n]
                    OR p_is_shared AND v_key.subject IS NOT NULL
                    AND (v_key.subject = ANY (p_subjects[v_n]::text[])) IS NOT TRUE
                    THEN 'belongs to somebody else than the row'
                WHEN v_is_over THEN 'was replaced'
            END;
        ELSE
            SELECT e.kind, e.state INTO v_key
            FROM kernel.encryption_key AS e
            WHERE e.id = p_app || '.' || p_purposes[v_n] || '.' || p_keys[v_n]::text
            FOR KEY SHARE;
            v_is_over := v_key.state = 'retired';
            v_problem := CASE
                WHEN NOT FOUND THEN 'is not there'
                WHEN v_key.kind <> 'index' THEN 'is for other uses'
                WHEN v_is_over THEN 'is retired'
            END;
        END IF;
        CONTINUE WHEN v_problem IS NULL;
        RAISE EXCEPTION USING
            ERRCODE = CASE WHEN v_is_over THEN 'KR081' ELSE 'KR080' END,
            MESSAGE = format('a value for %s is under a key that does not fit', p_relation),
            DETAIL = format(
                'The %s key %s for %I %s.',
                CASE p_kinds[v_n] WHEN 'seal' THEN 'data' ELSE 'index' END,
                p_keys[v_n], p_purposes[v_n], v_problem
            ),
            HINT = CASE
                WHEN v_is_over THEN 'Seal the value again: the key was rotated.'
                ELSE 'Seal the value for this row, by a key of the person whose row it is.'
            END;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.require_sealing_keys(
    regclass, text, boolean, text[], text[], bigint[], text[]
) IS
'Locks keys that values were sealed under, so that they stay until the transaction ends, and refuses
those that are not for them: for each key its kind, purpose, number (of an index key the version) and
whose row it is; where p_is_shared several people, as text of an array. Called by the triggers of
kernel.guard_sealed. Raises KR080 UnfitSealingKey, KR081 ReplacedSealingKey.';

GRANT EXECUTE ON FUNCTION kernel.require_sealing_keys(
    regclass, text, boolean, text[], text[], bigint[], text[]
)
TO strongroom_definer;
