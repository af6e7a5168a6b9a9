CREATE OR REPLACE FUNCTION kernel.register_encryption_key(
    p_id text, p_kind text, p_fingerprint bytea
)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_parts CONSTANT text[] := string_to_array(p_id, '.');
    v_known record;
    v_problem text;
BEGIN
    IF cardinality(v_parts) <> 3 OR v_parts[3] !~ '^[1-9][0-9]{0,4}$' THEN
        v_problem := 'Its name is not app.purpose.version.';
    ELSE
        -- One at a time, so that the newest of two is the active one.
        LOCK TABLE kernel.encryption_key IN SHARE ROW EXCLUSIVE MODE;
        SELECT e.kind, e.state, e.fingerprint INTO v_known
        FROM kernel.encryption_key AS e WHERE e.id = p_id;
        IF FOUND AND v_known.kind = p_kind AND v_known.fingerprint = p_fingerprint
            AND v_known.state IN ('coming', 'active')
        THEN
            RETURN false;
        END IF;
        v_problem := CASE
            WHEN v_known.fingerprint <> p_fingerprint THEN 'Another key has this name.'
            WHEN v_known.state IS NOT NULL THEN format('It is known already: %s, %s.', v_known.kind, v_known.state)
            WHEN v_parts[1] NOT IN (SELECT kernel.app_schemas()) THEN format('There is no app %I.', v_parts[1])
            WHEN EXISTS (
                SELECT FROM kernel.encryption_key AS e
                WHERE e.app = v_parts[1] AND e.purpose = v_parts[2] AND e.kind <> p_kind
            ) THEN 'Keys of this purpose are of another kind.'
            WHEN EXISTS (
                SELECT FROM kernel.encryption_key AS e
                WHERE e.app = v_parts[1] AND e.purpose = v_parts[2]
                  AND e.version >= v_parts[3]::integer
            ) THEN 'A newer version is there already.'
        END;
    END IF;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR086',
            MESSAGE = 'the key can''t be registered',
            DETAIL = v_problem,
            HINT = 'Give a new key the next version of its purpose.';
    END IF;
    INSERT INTO kernel.encryption_key (id, app, purpose, version, kind, state, fingerprint)
    VALUES (p_id, v_parts[1], v_parts[2], v_parts[3]::integer, p_kind, 'coming', p_fingerprint);
    -- Readers must know it before the first index is made by it, or they would miss that row.
    IF p_kind <> 'index' OR NOT EXISTS (
        SELECT
        FROM kernel.encryption_key AS e
        WHERE e.app = v_parts[1] AND e.purpose = v_parts[2] AND e.state = 'active'
    ) THEN
        PERFORM kernel.activate_encryption_key(p_id);
    END IF;
    RETURN true;
END;
$$;

COMMENT ON FUNCTION kernel.register_encryption_key(text, text, bytea) IS
'Makes a master key (app.purpose.version) known and the active one of its purpose; the one before it is
retiring from then on. An index key that is not the first of its purpose is only looked up by at first:
call kernel.activate_encryption_key when every program knows it. False where it is known already.
Programs that seal must have its material before. Raises KR086 UnfitEncryptionKey.';

GRANT EXECUTE ON FUNCTION kernel.register_encryption_key(text, text, bytea) TO strongroom_runner;
