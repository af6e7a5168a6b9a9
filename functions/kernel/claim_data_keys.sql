CREATE OR REPLACE FUNCTION kernel.claim_data_keys(p_ids bigint[])
RETURNS TABLE (
    id bigint, app text, subject text, purpose text, encryption_key_id text, fingerprint bytea,
    wrapped bytea
)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_app CONSTANT text := kernel.require_key_access();
    v_user CONSTANT text := nullif(current_setting('kernel.user_id', true), '');
    v_role CONSTANT text := coalesce(nullif(current_setting('role'), 'none'), session_user);
    v_is_worker CONSTANT boolean
        := coalesce(pg_has_role(v_role, to_regrole(quote_ident(v_app || '_worker')), 'USAGE'), false);
BEGIN
    RETURN QUERY
    SELECT k.id, k.app, k.subject, k.purpose, k.encryption_key_id, e.fingerprint, k.wrapped
    FROM kernel.subject_key AS k
    JOIN kernel.encryption_key AS e ON e.id = k.encryption_key_id
    WHERE k.id = ANY (p_ids)
      AND k.app = v_app
      AND (v_is_worker OR k.subject IS NULL OR k.subject = v_user);
END;
$$;

COMMENT ON FUNCTION kernel.claim_data_keys(bigint[]) IS
'The wrapped data keys with these numbers that this transaction may have: those of its user and of its
app; for a worker, of everybody in its app. The others are left out. Raises KR083 KeysNotYours.';

ALTER FUNCTION kernel.claim_data_keys(bigint[]) OWNER TO strongroom_definer;
GRANT EXECUTE ON FUNCTION kernel.claim_data_keys(bigint[]) TO strongroom_client;
