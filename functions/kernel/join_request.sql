CREATE OR REPLACE FUNCTION kernel.join_request(
    p_kind text,
    p_regime text,
    OUT request_id uuid,
    OUT code text
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_person CONSTANT record := kernel.request_identity();
    v_salt CONSTANT bytea := uuid_send(gen_random_uuid());
    v_expires_at timestamptz;
BEGIN
    PERFORM kernel.refuse_erased(v_person.app, v_person.subject);
    IF p_regime IS NULL OR p_regime NOT IN ('gdpr', 'fz152') THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR092',
            MESSAGE = 'there are no terms of this name',
            HINT = 'Pass gdpr or fz152.';
    END IF;
    v_expires_at := now() + coalesce(
        (SELECT p.code_lifetime FROM kernel.request_policy AS p WHERE p.app = v_person.app), '1 day'
    );
    code := kernel.new_request_code();
    INSERT INTO kernel.subject_request AS r (
        app, subject, kind, regime, origin, state, requested_by, due_at,
        code_salt, code_hash, code_expires_at
    )
    VALUES (
        v_person.app, v_person.subject, p_kind, p_regime, 'person', 'requested', 'person',
        kernel.request_due(p_regime, p_kind, now()),
        v_salt, kernel.hash_request_code(v_salt, code), v_expires_at
    )
    ON CONFLICT (app, subject, kind) WHERE state NOT IN ('done', 'refused') DO NOTHING
    RETURNING r.id INTO request_id;
    IF FOUND THEN
        RETURN;
    END IF;

    -- A new code makes the one before it useless; the attempts go on counting.
    UPDATE kernel.subject_request AS r
    SET code_salt = v_salt,
        code_hash = kernel.hash_request_code(v_salt, code),
        code_expires_at = v_expires_at
    WHERE r.app = v_person.app
      AND r.subject = v_person.subject
      AND r.kind = p_kind
      AND r.state = 'requested'
    RETURNING r.id INTO request_id;
    IF NOT FOUND THEN
        code := NULL;
        SELECT r.id
        INTO request_id
        FROM kernel.subject_request AS r
        WHERE r.app = v_person.app
          AND r.subject = v_person.subject
          AND r.kind = p_kind
          AND r.state NOT IN ('done', 'refused');
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.join_request(text, text) IS
'Opens a request of the person of the transaction, or joins the one that is open: its number, and a
code to confirm it by, NULL where it was confirmed already. For use by what
strongroom_definer owns. Raises KR001 MissingIdentity, KR092 UnfitRequest, KR104 PersonErased.';

GRANT EXECUTE ON FUNCTION kernel.join_request(text, text) TO strongroom_definer;
