CREATE OR REPLACE FUNCTION kernel.audit_key_match(p_relation regclass, p_columns jsonb, p_key text)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN p_key IS NOT NULL THEN string_agg(
        format('audit_row.%I = ', c.name) || CASE
            WHEN a.atttypid = 'timestamptz'::regtype
                THEN format('(%L::timestamp AT TIME ZONE ''UTC'')', v.text)
            WHEN coalesce(nullif(t.typbasetype, 0), t.oid) = 'bytea'::regtype
                THEN format('decode(%L, ''hex'')', v.text)
            -- Without a length: the name of char(n) alone means one letter.
            ELSE format('%L::%s', v.text, format_type(a.atttypid, -1))
        END,
        ' AND '
    ) END
    FROM jsonb_array_elements_text(p_columns -> 'key') WITH ORDINALITY AS c (name, position)
    JOIN pg_attribute AS a ON a.attrelid = p_relation AND a.attname = c.name
    JOIN pg_type AS t ON t.oid = a.atttypid
    CROSS JOIN LATERAL (
        SELECT CASE jsonb_array_length(p_columns -> 'key')
            WHEN 1 THEN p_key
            ELSE p_key::jsonb ->> (c.position - 1)::integer
        END
    ) AS v (text)
$$;

COMMENT ON FUNCTION kernel.audit_key_match(regclass, jsonb, text) IS
'A condition on audit_row that finds the row of a key of the audit log by the primary key''s index;
NULL for NULL.';
