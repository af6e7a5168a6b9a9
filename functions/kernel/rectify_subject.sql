CREATE OR REPLACE FUNCTION kernel.rectify_subject(
    p_app text,
    p_subject text,
    p_table text,
    p_key jsonb,
    p_changes jsonb,
    p_reason text
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
AS $$
DECLARE
    v_subject CONSTANT text := kernel.canonical_subject(p_app, p_subject);
    v_relation CONSTANT regclass := to_regclass(p_table);
    v_problem text := CASE
        WHEN coalesce(length(btrim(p_reason)), 0) NOT BETWEEN 1 AND 200
            THEN 'A reason has 1 to 200 characters: the case, and no names.'
        ELSE kernel.rectification_problem(p_app, v_relation, p_key, p_changes)
    END;
    v_condition text;
    v_rows bigint;
    v_constraint text;
    v_request CONSTANT text := coalesce(current_setting('kernel.request_id', true), '');
BEGIN
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR114',
            MESSAGE = 'this can''t be corrected',
            DETAIL = v_problem,
            HINT = 'Name the table with its schema, the whole key, and personal columns of it.';
    END IF;
    PERFORM kernel.require_unheld_row(p_app, v_subject, v_relation, p_key);
    -- What the audit log keeps of why.
    PERFORM set_config('kernel.request_id', p_reason, true);
    SELECT s.condition INTO v_condition
    FROM kernel.subject_tables(p_app) AS s WHERE s.relation = v_relation;
    v_rows := kernel.rectify_row(v_relation, v_condition, v_subject, p_key, p_changes);
    IF v_rows = 0 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR115',
            MESSAGE = format('the person has no row of %s with this key', v_relation),
            HINT = 'Take the key from the person''s export.';
    END IF;
    PERFORM kernel.log_access(
        v_subject, 'rectify_data',
        kernel.access_names(VARIADIC ARRAY(
            SELECT v_relation || '.' || c.name FROM jsonb_object_keys(p_changes) AS c (name)
        )),
        p_app
    );
    PERFORM set_config('kernel.request_id', v_request, true);
    RETURN v_rows;
EXCEPTION
    WHEN data_exception OR integrity_constraint_violation THEN
        -- PostgreSQL shows the value, or the whole row.
        GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
        RAISE EXCEPTION USING
            ERRCODE = 'KR114',
            MESSAGE = 'this can''t be corrected',
            DETAIL = CASE
                WHEN v_constraint = '' THEN 'A value does not fit the type of its column.'
                ELSE format('The values break %I of %s.', v_constraint, v_relation)
            END,
            HINT = 'Pass values as the table would hold them.';
END;
$$;

COMMENT ON FUNCTION kernel.rectify_subject(text, text, text, jsonb, jsonb, text) IS
'Corrects personal columns of one row of a person (app, user id, table with its schema, primary key as
an object, columns with their new values as an object, the case it is done for); 1. Triggers of the
table run, auditing among them, and that it was done is written into the audit log, with the case as
its request and without values. Sealed fields take envelopes in hexadecimal, and their blind indexes
with them: strongroom subject rectify makes both.
Raises KR024 UnfitAccessEntry, KR026 SubjectHeld, KR041 InvalidHold, KR045 IsolationTooStrict,
KR110 UnknownApp, KR114 NotRectifiable, KR115 UnknownPersonsRow.';

GRANT EXECUTE ON FUNCTION kernel.rectify_subject(text, text, text, jsonb, jsonb, text)
TO strongroom_runner;
