CREATE OR REPLACE FUNCTION saltbitter.consents_to_meet(p_user_id uuid)
RETURNS boolean
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
-- Two look-ups: asked last, of those who fit in everything else.
COST 1000000
AS $$
BEGIN
    RETURN kernel.subject_has_consent('saltbitter', p_user_id::text, 'orientation');
END;
$$;

COMMENT ON FUNCTION saltbitter.consents_to_meet(uuid) IS
'Whether a person consents that the platform uses whom they want to meet.';

GRANT EXECUTE ON FUNCTION saltbitter.consents_to_meet(uuid) TO saltbitter_definer;
