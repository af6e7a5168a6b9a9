CREATE OR REPLACE FUNCTION kernel.claim_index_keys(p_purpose text)
RETURNS TABLE (id text, version integer, is_active boolean, fingerprint bytea)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_app CONSTANT text := kernel.require_key_access();
BEGIN
    RETURN QUERY
    SELECT e.id, e.version, e.state = 'active', e.fingerprint
    FROM kernel.encryption_key AS e
    WHERE e.app = v_app
      AND e.purpose = p_purpose
      AND e.kind IN ('index', 'pseudonym')
      AND e.state <> 'retired'
    ORDER BY e.version DESC;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR082',
            MESSAGE = 'there is no key to make an index with',
            DETAIL = format(
                'App %I has no key of kind index for %s.',
                v_app, coalesce(quote_ident(p_purpose), 'NULL')
            ),
            HINT = 'strongroom keys rotate registers one.';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.claim_index_keys(text) IS
'The names of the keys by which blind indexes of a purpose are made and looked up, in the app of this
transaction: the active one, and those whose values are still in rows. Raises KR082 NoSealingKey, KR083
KeysNotYours.';

ALTER FUNCTION kernel.claim_index_keys(text) OWNER TO strongroom_definer;
GRANT EXECUTE ON FUNCTION kernel.claim_index_keys(text) TO strongroom_client;
