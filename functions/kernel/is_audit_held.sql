CREATE OR REPLACE FUNCTION kernel.is_audit_held(p_app text, p_subject text)
RETURNS boolean
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
SET intervalstyle = 'iso_8601'
SET extra_float_digits = '1'
SET bytea_output = 'hex'
AS $$
DECLARE
    v_relation regclass;
    v_free text;
    v_condition text;
    v_is_held boolean := false;
BEGIN
    FOREACH v_relation IN ARRAY '{kernel.audit_log,kernel.audit_inbox}'::regclass[] LOOP
        v_free := kernel.audit_free(v_relation);
        CONTINUE WHEN v_free = 'true';
        FOREACH v_condition IN ARRAY kernel.opening_conditions() LOOP
            EXECUTE format(
                'SELECT EXISTS (SELECT FROM %s AS t'
                ' WHERE t.opening IS NOT NULL AND t.app = $1 AND %s AND NOT (%s))',
                v_relation, v_condition, v_free
            ) INTO v_is_held USING p_app, p_subject;
            IF v_is_held THEN
                RETURN true;
            END IF;
        END LOOP;
    END LOOP;
    RETURN false;
END;
$$;

COMMENT ON FUNCTION kernel.is_audit_held(text, text) IS
'Whether a legal hold on somebody else, or on the audit log, keeps what entries could tell of a
person''s (app, user id) values. For use under kernel.lock_pins().';
