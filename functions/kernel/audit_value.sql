CREATE OR REPLACE FUNCTION kernel.audit_value(p_relation regclass, p_column text, p_is_text boolean)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN t.name = 'timestamptz' AND p_is_text
            THEN format('(to_jsonb(audit_row.%I AT TIME ZONE ''UTC'') #>> ''{}'')', p_column)
        WHEN t.name = 'timestamptz' THEN format('audit_row.%I AT TIME ZONE ''UTC''', p_column)
        WHEN t.name = 'bytea' THEN format('encode(audit_row.%I, ''hex'')', p_column)
        WHEN t.name = 'json' THEN format(
            CASE WHEN p_is_text THEN '(%s #>> ''{}'')' ELSE '%s' END,
            format('kernel.readable_json(audit_row.%I)', p_column)
        )
        WHEN NOT p_is_text THEN format('audit_row.%I', p_column)
        WHEN t.name IN ('text', 'varchar') THEN format('audit_row.%I', p_column)
        WHEN t.name IN ('bpchar', 'int2', 'int4', 'int8', 'numeric', 'bool', 'uuid')
            THEN format('audit_row.%I::text', p_column)
        ELSE format('(to_jsonb(audit_row.%I) #>> ''{}'')', p_column)
    END
    FROM pg_attribute AS a
    JOIN pg_type AS declared ON declared.oid = a.atttypid
    JOIN pg_type AS base ON base.oid = coalesce(nullif(declared.typbasetype, 0), declared.oid)
    JOIN pg_namespace AS n ON n.oid = base.typnamespace
    CROSS JOIN LATERAL (
        SELECT CASE WHEN n.nspname = 'pg_catalog' THEN base.typname END
    ) AS t (name)
    WHERE a.attrelid = p_relation AND a.attname = p_column AND NOT a.attisdropped
$$;

COMMENT ON FUNCTION kernel.audit_value(regclass, text, boolean) IS
'An expression for the value of a column of audit_row, as text or for JSON, that does not depend on
the settings of a session: instants are in UTC.';

GRANT EXECUTE ON FUNCTION kernel.audit_value(regclass, text, boolean)
TO strongroom_runner, pg_monitor;
