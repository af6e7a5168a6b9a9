CREATE OR REPLACE FUNCTION kernel.erase_audit(p_app text, p_subject text)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
SET intervalstyle = 'iso_8601'
SET extra_float_digits = '1'
SET bytea_output = 'hex'
AS $$
DECLARE
    v_subject CONSTANT text := kernel.canonical_subject(p_app, p_subject);
    v_relation regclass;
    v_free text;
    v_condition text;
    v_count bigint;
    v_all bigint := 0;
BEGIN
    PERFORM kernel.require_unheld_subject(p_app, v_subject);
    -- Entries that move from the inbox meanwhile would be missed in both places.
    LOCK TABLE kernel.audit_seal IN SHARE ROW EXCLUSIVE MODE;
    FOREACH v_relation IN ARRAY '{kernel.audit_log,kernel.audit_inbox}'::regclass[] LOOP
        v_free := kernel.audit_free(v_relation);
        FOREACH v_condition IN ARRAY kernel.opening_conditions() LOOP
            EXECUTE format(
                'UPDATE %s AS t SET commitment = sha256(t.opening), opening = NULL'
                ' WHERE t.opening IS NOT NULL AND t.app = $1 AND %s AND (%s)',
                v_relation, v_condition, v_free
            ) USING p_app, v_subject;
            GET DIAGNOSTICS v_count = ROW_COUNT;
            v_all := v_all + v_count;
        END LOOP;
    END LOOP;
    RETURN v_all;
END;
$$;

COMMENT ON FUNCTION kernel.erase_audit(text, text) IS
'Forgets what the audit log could tell of a person''s values (app, user id): hashes of personal
columns and the random bytes in them; how many entries. What stays is that something changed, when
and by whom; seals still verify. Entries that are about somebody else as well whom a legal hold keeps
stay, and so do those that are on hold themselves. Call it after the rows are gone, and VACUUM
afterwards: until then the bytes are on the disk. Waits for a batch that is being sealed.
Raises KR026 SubjectHeld, KR041 InvalidHold, KR045 IsolationTooStrict.';

GRANT EXECUTE ON FUNCTION kernel.erase_audit(text, text) TO strongroom_runner;
