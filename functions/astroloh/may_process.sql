CREATE OR REPLACE FUNCTION astroloh.may_process(p_user_id uuid)
RETURNS boolean
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM astroloh.users AS u WHERE u.id = p_user_id AND u.data_consent)
        AND kernel.subject_has_consent('astroloh', p_user_id::text, 'data_processing');
END;
$$;

COMMENT ON FUNCTION astroloh.may_process(uuid) IS
'Whether a person has agreed to the processing of their data, and the wording still counts: by their
row, which is closed when their time is over, and by the ledger, which is the proof. Sees
what its caller may, as kernel.subject_has_consent(); false for whoever is not seen.
@nonnull';

GRANT EXECUTE ON FUNCTION astroloh.may_process(uuid)
TO astroloh_app, astroloh_worker, astroloh_definer;
