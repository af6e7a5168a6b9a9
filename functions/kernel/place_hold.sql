CREATE OR REPLACE FUNCTION kernel.place_hold(
    p_reason text,
    p_app text DEFAULT NULL,
    p_subject text DEFAULT NULL,
    p_table text DEFAULT NULL,
    p_row_key jsonb DEFAULT NULL,
    p_expires_at timestamptz DEFAULT NULL
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_table regclass;
    v_subject text;
    v_relation regclass;
    v_row_key jsonb;
    v_id bigint;
BEGIN
    PERFORM kernel.require_hold_target(p_reason, p_app, p_subject, p_table, p_row_key);
    -- Resolved here, because a login of maintenance has no business in an app's schema.
    v_table := to_regclass(p_table);
    IF p_row_key IS NOT NULL
        AND current_setting('transaction_isolation') <> 'read committed'
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR045',
            MESSAGE = 'whether the row is still there must be seen',
            DETAIL = 'The snapshot of this transaction may be older than the end of the row.',
            HINT = 'Run it at READ COMMITTED.';
    END IF;
    IF p_expires_at <= clock_timestamp() THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR041',
            MESSAGE = 'the hold would have ended already',
            HINT = 'Pass an expiry in the future, or none.';
    END IF;

    -- First, so that nothing that is looked at below is destroyed meanwhile.
    LOCK TABLE kernel.legal_hold IN ROW EXCLUSIVE MODE;
    IF p_subject IS NOT NULL THEN
        v_subject := kernel.canonical_subject(p_app, p_subject);
    ELSIF p_row_key IS NOT NULL THEN
        v_relation := coalesce(pg_partition_root(v_table), v_table);
        v_row_key := kernel.canonical_row_key(v_relation, p_row_key);
        IF v_row_key IS NULL THEN
            RAISE EXCEPTION USING
                ERRCODE = 'KR044',
                MESSAGE = format('%s has no row with this key', v_relation),
                DETAIL = 'A hold on nothing would keep nothing.',
                HINT = 'Look the key up, or hold the person.';
        END IF;
    ELSE
        v_relation := v_table;
    END IF;

    INSERT INTO kernel.legal_hold AS h (
        app, subject, relation, row_key, reason, placed_by, expires_at, key_types
    )
    VALUES (
        p_app, v_subject, v_relation, v_row_key, p_reason,
        coalesce(kernel.actor(), session_user), p_expires_at,
        kernel.key_types(v_relation, ARRAY(SELECT jsonb_object_keys(v_row_key)))
    )
    RETURNING h.id INTO v_id;
    RETURN v_id;
END;
$$;

COMMENT ON FUNCTION kernel.place_hold(text, text, text, text, jsonb, timestamptz) IS
'Keeps a person (app, user id), a table (its name with its schema), or one row of a table (primary
key as an object) from being destroyed, until it is released or expires; the number of the hold.
Waits for a batch that is under way. In force for whatever destroys once this is committed.
Raises KR041 InvalidHold, KR044 UnknownRow, KR045 IsolationTooStrict.';

GRANT EXECUTE ON FUNCTION kernel.place_hold(text, text, text, text, jsonb, timestamptz)
TO strongroom_runner;
