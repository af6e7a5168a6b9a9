CREATE OR REPLACE FUNCTION kernel.claim_data_key(p_purpose text, p_subject text DEFAULT NULL)
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
    RETURN QUERY
    SELECT k.id, k.app, k.subject, k.purpose, k.encryption_key_id, e.fingerprint, k.wrapped
    FROM kernel.subject_key AS k
    JOIN kernel.encryption_key AS e ON e.id = k.encryption_key_id
    WHERE k.app = v_app
      AND k.purpose = p_purpose
      AND k.subject IS NOT DISTINCT FROM p_subject
      AND k.replaced_at IS NULL;
    IF NOT FOUND THEN
        RETURN QUERY
        SELECT NULL::bigint, v_app, p_subject, p_purpose, e.id, e.fingerprint, NULL::bytea
        FROM kernel.encryption_key AS e
        WHERE e.app = v_app AND e.purpose = p_purpose AND e.kind = 'seal' AND e.state = 'active';
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR082',
            MESSAGE = 'there is no key to seal with',
            DETAIL = format(
                'App %I has no active key of kind seal for %s.',
                v_app, coalesce(quote_ident(p_purpose), 'NULL')
            ),
            HINT = 'strongroom keys rotate registers one.';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.claim_data_key(text, text) IS
'The wrapped data key for a purpose and a person (NULL: the app''s own) of the app of this transaction.
Where there is none yet, id and wrapped are NULL, and the master key is the one to wrap a new one with,
for kernel.give_data_key. Raises KR082 NoSealingKey, KR083 KeysNotYours.';

ALTER FUNCTION kernel.claim_data_key(text, text) OWNER TO strongroom_definer;
GRANT EXECUTE ON FUNCTION kernel.claim_data_key(text, text) TO strongroom_client;
