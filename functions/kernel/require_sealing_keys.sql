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
    v_bad record;
BEGIN
    -- Whoever closes, deletes or retires a key waits for this transaction, or this one for him.
    PERFORM FROM kernel.subject_key AS k
    WHERE k.id IN (
        SELECT w.key FROM unnest(p_kinds, p_keys) AS w (kind, key) WHERE w.kind = 'seal'
    )
    ORDER BY k.id
    FOR KEY SHARE;
    IF 'index' = ANY (p_kinds) THEN
        PERFORM FROM kernel.encryption_key AS e
        WHERE e.app = p_app
          AND (e.purpose, e.version) IN (
              SELECT w.purpose, w.key::integer
              FROM unnest(p_kinds, p_purposes, p_keys) AS w (kind, purpose, key)
              WHERE w.kind = 'index'
          )
        ORDER BY e.id
        FOR KEY SHARE;
    END IF;

    SELECT w.kind, w.purpose, w.key, problem.text INTO v_bad
    FROM unnest(p_kinds, p_purposes, p_keys, p_subjects) AS w (kind, purpose, key, subject)
    LEFT JOIN kernel.subject_key AS k ON w.kind = 'seal' AND k.id = w.key
    LEFT JOIN kernel.encryption_key AS e
        ON w.kind = 'index' AND e.app = p_app AND e.purpose = w.purpose AND e.version = w.key
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN w.kind = 'index' AND e.id IS NULL THEN 'is not there'
            WHEN w.kind = 'index' AND e.kind <> 'index' THEN 'is for other uses'
            WHEN w.kind = 'index' AND e.state = 'retired' THEN 'is retired'
            WHEN w.kind = 'index' THEN NULL
            WHEN k.id IS NULL THEN 'is not there'
            WHEN k.app <> p_app THEN 'belongs to another app'
            WHEN k.purpose <> w.purpose THEN 'is for another purpose'
            WHEN k.closed_at IS NOT NULL THEN 'was replaced'
            WHEN NOT p_is_shared AND k.subject IS DISTINCT FROM w.subject
                OR p_is_shared AND k.subject <> ALL (w.subject::text[])
                THEN 'belongs to somebody else than the row'
        END
    ) AS problem (text)
    WHERE problem.text IS NOT NULL
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = CASE WHEN v_bad.text IN ('was replaced', 'is retired') THEN 'KR081' ELSE 'KR080' END,
            MESSAGE = format('a value for %s is under a key that does not fit', p_relation),
            DETAIL = format('The %s key %s for %I %s.', CASE v_bad.kind
                WHEN 'seal' THEN 'data' ELSE 'index' END, v_bad.key, v_bad.purpose, v_bad.text),
            HINT = CASE
                WHEN v_bad.text IN ('was replaced', 'is retired') THEN 'Seal the value again: the key was rotated.'
                ELSE 'Seal the value for this row, by a key of the person whose row it is.'
            END;
    END IF;
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
