CREATE OR REPLACE FUNCTION kernel.key_types(p_relation regclass, p_columns text[])
RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_object_agg(
        a.attname,
        CASE
            WHEN b.type IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) THEN 'integer'
            WHEN b.type IN ('text'::regtype, 'varchar'::regtype) THEN 'text'
            ELSE format_type(b.type, a.atttypmod)
        END
    )
    FROM pg_attribute AS a
    CROSS JOIN LATERAL (SELECT kernel.base_type(a.atttypid)) AS b (type)
    WHERE a.attrelid = p_relation AND a.attname = ANY (p_columns) AND NOT a.attisdropped
$$;

COMMENT ON FUNCTION kernel.key_types(regclass, text[]) IS
'Of which types columns of a table are; those that write their values alike are one. NULL for none.';
