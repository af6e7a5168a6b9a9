CREATE OR REPLACE FUNCTION kernel.export_subject(p_app text, p_subject text)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET standard_conforming_strings = on
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
SET intervalstyle = 'iso_8601'
SET extra_float_digits = '1'
SET bytea_output = 'hex'
AS $$
DECLARE
    c_most CONSTANT integer := 100000;
    v_subject CONSTANT text := kernel.canonical_subject(p_app, p_subject);
    v_part record;
    v_rows jsonb;
    v_digest text;
    v_data jsonb := '{}'::jsonb;
    v_manifest jsonb := '[]'::jsonb;
    v_names text[] := '{}'::text[];
    v_left integer := c_most;
BEGIN
    -- STABLE: every statement below sees the same snapshot.
    FOR v_part IN
        SELECT p.part, p.statement, p.is_shared, p.columns
        FROM kernel.export_parts(p_app) AS p
        ORDER BY p.position
    LOOP
        EXECUTE format(
            'SELECT coalesce(jsonb_agg(r.part ORDER BY r.place), ''[]''), encode(sha256(convert_to('
            'coalesce(string_agg(r.part::text || E''\n'', '''' ORDER BY r.place), ''''), ''UTF8'''
            ')), ''hex'') FROM (SELECT s.part, row_number() OVER () AS place FROM ('
            '%s LIMIT %s) AS s) AS r',
            v_part.statement, v_left + 1
        )
        INTO v_rows, v_digest USING v_subject;
        v_left := v_left - jsonb_array_length(v_rows);
        IF v_left < 0 THEN
            RAISE EXCEPTION USING
                ERRCODE = 'KR113',
                MESSAGE = format('the person has more than %s rows', c_most),
                HINT = 'Export to a file, which takes any number: strongroom subject export.';
        END IF;
        v_data := v_data || jsonb_build_object(v_part.part, v_rows);
        v_names := v_names || v_part.part;
        v_manifest := v_manifest || jsonb_strip_nulls(jsonb_build_object(
            'part', v_part.part, 'rows', jsonb_array_length(v_rows), 'sha256', v_digest,
            'shared', v_part.is_shared, 'columns', v_part.columns
        ));
    END LOOP;
    PERFORM kernel.log_access(
        v_subject, 'export_data', kernel.access_names(VARIADIC v_names), p_app
    );
    RETURN jsonb_build_object(
        'schema_version', '1', 'app', p_app, 'subject', v_subject,
        'exported_at', statement_timestamp(), 'data', v_data,
        'manifest', jsonb_build_object(
            'parts', v_manifest,
            'rows', c_most - v_left,
            'sha256', encode(sha256(convert_to(
                (
                    SELECT string_agg(m.part ->> 'sha256', '' ORDER BY m.place)
                    FROM jsonb_array_elements(v_manifest) WITH ORDINALITY AS m (part, place)
                ), 'UTF8'
            )), 'hex')
        )
    );
END;
$$;

COMMENT ON FUNCTION kernel.export_subject(text, text) IS
'All that is held of a person (app, user id), as one JSON value: data by part, and a manifest with
counts and digests. Ids are strings, instants UTC in ISO 8601; sealed fields are envelopes, which
strongroom subject export opens. The same data give the same digests. At most 100,000 rows. Written
into the audit log, and refused without an actor. Raises KR024 UnfitAccessEntry, KR041 InvalidHold,
KR110 UnknownApp, KR113 ExportTooLarge.';

GRANT EXECUTE ON FUNCTION kernel.export_subject(text, text) TO strongroom_runner;
