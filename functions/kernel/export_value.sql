CREATE OR REPLACE FUNCTION kernel.export_value(p_relation regclass, p_column name)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN tags.sealed IS NOT NULL THEN format(
            'CASE WHEN t.%1$I IS NOT NULL THEN jsonb_build_object(''sealed'', t.%1$I::bytea::text,'
            ' ''type'', %2$L::text, ''label'', %3$L::text, ''purpose'', %4$L::text) END',
            a.attname, split_part(tags.sealed, ' ', 1), split_part(tags.sealed, ' ', 2),
            split_part(tags.sealed, ' ', 3)
        )
        -- JavaScript rounds what is beyond 2^53, and nobody adds up ids.
        WHEN y.typcategory = 'N' AND NOT y.oid = ANY ('{int2,int4,float4,float8}'::regtype[])
            OR y.typcategory = 'N' AND EXISTS (
                SELECT
                FROM pg_constraint AS k
                WHERE k.conrelid = a.attrelid
                  AND k.contype IN ('p', 'f')
                  AND a.attnum = ANY (k.conkey)
            )
            THEN format('t.%I::text', a.attname)
        WHEN y.oid = ANY ('{int8[],numeric[]}'::regtype[]) THEN format('t.%I::text[]', a.attname)
        WHEN y.oid = 'json'::regtype THEN format('kernel.readable_json(t.%I)', a.attname)
        WHEN y.oid = 'json[]'::regtype THEN format(
            'CASE WHEN t.%1$I IS NOT NULL THEN coalesce((SELECT jsonb_agg(kernel.readable_json(e.document)'
            ' ORDER BY e.place) FROM unnest(t.%1$I) WITH ORDINALITY AS e (document, place)),'
            ' jsonb ''[]'') END', a.attname
        )
        -- A document in it that jsonb does not take would stop the export.
        WHEN kernel.holds_json(y.oid) THEN format('t.%I::text', a.attname)
        ELSE format('t.%I', a.attname)
    END
    FROM pg_attribute AS a
    JOIN pg_type AS d ON d.oid = a.atttypid
    JOIN pg_type AS y ON y.oid = kernel.base_type(d.oid)
    CROSS JOIN LATERAL (
        SELECT min(t.argument) FILTER (WHERE t.tag = 'sealed')
        FROM kernel.comment_tags(col_description(a.attrelid, a.attnum)) AS t
    ) AS tags (sealed)
    WHERE a.attrelid = p_relation AND a.attname = p_column
$$;

COMMENT ON FUNCTION kernel.export_value(regclass, name) IS
'SQL over rows t for what an export shows of a column: ids and whatever JSON would round as text,
sealed fields as the envelope with what opens it, rows and lists that hold json documents as text,
all else as PostgreSQL writes it as JSON.';
