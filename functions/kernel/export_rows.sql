CREATE OR REPLACE FUNCTION kernel.export_rows(p_app text, p_subject text, p_part text)
RETURNS SETOF jsonb
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
SET intervalstyle = 'iso_8601'
SET extra_float_digits = '1'
SET bytea_output = 'hex'
AS $$
DECLARE
    v_subject CONSTANT text := kernel.canonical_subject(p_app, p_subject);
    v_statement text;
BEGIN
    SELECT p.statement INTO v_statement FROM kernel.export_parts(p_app) AS p WHERE p.part = p_part;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR112',
            MESSAGE = 'an export has no such part',
            HINT = 'Name one of kernel.export_plan().';
    END IF;
    PERFORM kernel.log_access(v_subject, 'export_data', kernel.access_names(p_part), p_app);
    RETURN QUERY EXECUTE v_statement USING v_subject;
END;
$$;

COMMENT ON FUNCTION kernel.export_rows(text, text, text) IS
'A part of kernel.export_plan() for a person (app, user id), a row of JSON for each row, for exports
that are too large for one value. Call all parts in one REPEATABLE READ transaction. Written into the
audit log, and refused without an actor. Raises KR024 UnfitAccessEntry, KR041 InvalidHold,
KR110 UnknownApp, KR112 UnknownPart.';

GRANT EXECUTE ON FUNCTION kernel.export_rows(text, text, text) TO strongroom_runner;
