CREATE OR REPLACE FUNCTION kernel.give_data_key(
    p_purpose text, p_subject text, p_encryption_key_id text, p_wrapped bytea
)
RETURNS TABLE (
    id bigint, app text, subject text, purpose text, encryption_key_id text, fingerprint bytea,
    wrapped bytea
)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_app CONSTANT text := kernel.require_key_access(p_subject);
BEGIN
    PERFORM kernel.refuse_erased(v_app, p_subject);
    PERFORM FROM kernel.encryption_key AS e
    WHERE e.id = p_encryption_key_id
      AND e.app = v_app
      AND e.purpose = p_purpose
      AND e.kind = 'seal'
      AND e.state = 'active'
    FOR KEY SHARE;
    -- What another one made, or a rotation, is the answer below.
    IF FOUND THEN
        INSERT INTO kernel.subject_key AS k (app, subject, purpose, encryption_key_id, wrapped)
        VALUES (v_app, p_subject, p_purpose, p_encryption_key_id, p_wrapped)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN QUERY
    SELECT c.id, c.app, c.subject, c.purpose, c.encryption_key_id, c.fingerprint, c.wrapped
    FROM kernel.claim_data_key(p_purpose, p_subject) AS c;
END;
$$;

COMMENT ON FUNCTION kernel.give_data_key(text, text, text, bytea) IS
'Keeps a new data key, wrapped by the active master key, for a purpose and a person (NULL: the app''s
own), unless there is one; answers as kernel.claim_data_key, with the key that there is. Without a key
there, the master key is not the active one any more: wrap it with the one that is named. Raises KR082
NoSealingKey, KR083 KeysNotYours, KR104 PersonErased.';

ALTER FUNCTION kernel.give_data_key(text, text, text, bytea) OWNER TO strongroom_definer;
GRANT EXECUTE ON FUNCTION kernel.give_data_key(text, text, text, bytea) TO strongroom_client;
