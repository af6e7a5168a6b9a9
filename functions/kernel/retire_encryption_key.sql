CREATE OR REPLACE FUNCTION kernel.retire_encryption_key(p_id text)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_key record;
    v_problem text;
    v_count bigint;
BEGIN
    -- An older snapshot would not show what was committed under it since, lock or no lock.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR045',
            MESSAGE = 'who retires a key must see every row that is committed',
            DETAIL = 'The snapshot of this transaction was taken before the lock on the key.',
            HINT = 'Run it at READ COMMITTED.';
    END IF;
    -- Waits for whoever has just written under it; who comes later finds it retired.
    SELECT e.app, e.purpose, e.kind, e.state INTO v_key
    FROM kernel.encryption_key AS e WHERE e.id = p_id FOR UPDATE;
    IF v_key.state = 'retired' THEN
        RETURN 0;
    END IF;
    SELECT count(*) INTO v_count
    FROM kernel.subject_key AS k WHERE k.encryption_key_id = p_id AND k.closed_at IS NULL;
    v_problem := CASE
        WHEN v_key.state IS NULL THEN 'There is no key of this name.'
        WHEN v_key.state = 'active' THEN 'It is the active one of its purpose.'
        WHEN v_key.state = 'coming' THEN 'It is to be the active one of its purpose, and looked up by.'
        WHEN v_count > 0 THEN format('It wraps %s data keys.', v_count)
    END;
    IF v_problem IS NULL THEN
        SELECT string_agg(
            CASE
                WHEN r.row_count IS NULL THEN format('%s.%I, which can''t be read', r.relation, r.column_name)
                ELSE format('%s rows of %s.%I', r.row_count, r.relation, r.column_name)
            END, ', '
        )
        INTO v_problem
        FROM (
            SELECT u.* FROM kernel.rows_under_keys(v_key.app, v_key.purpose) AS u
            UNION ALL
            SELECT e.* FROM kernel.rows_under_keys_elsewhere(v_key.app, v_key.purpose) AS e
        ) AS r
        WHERE r.row_count > 0 OR r.row_count IS NULL;
        v_problem := 'Left under it, or another one that is retiring: ' || v_problem || '.';
    END IF;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR085',
            MESSAGE = 'the key can''t be retired',
            DETAIL = v_problem,
            HINT = CASE
                WHEN v_key.state IS NULL THEN 'strongroom keys status shows which there are.'
                ELSE 'Rotate first: strongroom keys rotate. Tables that no rotation reaches, as detached'
                    ' partitions, are to be dropped or attached again before.'
            END;
    END IF;
    DELETE FROM kernel.subject_key AS k WHERE k.encryption_key_id = p_id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    UPDATE kernel.encryption_key AS e SET state = 'retired', retired_at = now() WHERE e.id = p_id;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.retire_encryption_key(text) IS
'Ends a master key under which nothing is left, in the
app''s tables, detached and archived partitions and copies; deletes the data keys that were
replaced under it, and returns how many. Its material may be destroyed afterwards, when no backup that
is kept needs it. Raises KR045 IsolationTooStrict, KR085 EncryptionKeyInUse.';

GRANT EXECUTE ON FUNCTION kernel.retire_encryption_key(text) TO strongroom_runner;
