CREATE OR REPLACE FUNCTION kernel.audit_settings(p_relation regclass)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN bool_and(
            t.typtype = 'e'
            OR n.nspname = 'pg_catalog' AND t.typname IN (
                'bool', 'int2', 'int4', 'int8', 'numeric', 'text', 'varchar', 'bpchar', 'uuid', 'bytea',
                'json', 'jsonb', 'date', 'time', 'timestamp', 'timestamptz', 'inet', 'cidr'
            )
        )
            THEN ''
        ELSE concat_ws(
            E'\n',
            'SET datestyle = ''ISO, YMD''', 'SET timezone = ''UTC''',
            'SET intervalstyle = ''iso_8601''', 'SET extra_float_digits = ''1''',
            'SET bytea_output = ''hex'''
        )
    END
    FROM pg_attribute AS a
    JOIN pg_type AS declared ON declared.oid = a.atttypid
    JOIN pg_type AS t ON t.oid = coalesce(nullif(declared.typbasetype, 0), declared.oid)
    JOIN pg_namespace AS n ON n.oid = t.typnamespace
    WHERE a.attrelid = p_relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
$$;

COMMENT ON FUNCTION kernel.audit_settings(regclass) IS
'The settings that the audit function of a table must pin, where a column''s text depends on the
session (intervals, floats, arrays of instants); each costs a little on every statement, so tables
with plain types get none.';

GRANT EXECUTE ON FUNCTION kernel.audit_settings(regclass) TO strongroom_runner, pg_monitor;
