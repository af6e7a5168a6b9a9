CREATE OR REPLACE FUNCTION kernel.token_sources(p_app text)
RETURNS TABLE (
    relation regclass,
    condition text,
    column_name name,
    parts text,
    shortest integer,
    is_kept boolean
)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
    SELECT
        s.relation,
        s.condition,
        m.column_name,
        CASE
            WHEN y.name IN ('json', 'jsonb') THEN format(
                '(SELECT j.value #>> ''{}'' FROM jsonb_path_query(%s,'
                ' ''strict $.** ? (@.type() == "string")'') AS j (value))',
                format(
                    CASE y.name WHEN 'json' THEN 'kernel.readable_json(t.%I)' ELSE 't.%I' END,
                    m.column_name
                )
            )
            WHEN y.name = 'bytea' THEN format(
                '(SELECT ''\x'' || encode(substring(t.%I::bytea FROM 1 FOR 48), ''hex''))',
                m.column_name
            )
            -- Without what a copy as JSON, a row or an array would write in another way.
            ELSE format(
                '(SELECT regexp_split_to_table(t.%I::text, ''[][(){},"\\[:cntrl:]]+''))',
                m.column_name
            )
        END,
        -- Names and numbers are short; of prose only what is long says whose it is.
        CASE
            WHEN y.name = 'bytea' THEN 18
            WHEN m.kind ~ '^(identifier|identity|contact|name)' THEN 6
            ELSE 12
        END,
        m.erase LIKE 'keep%'
    FROM kernel.subject_tables(p_app) AS s
    JOIN kernel.data_map AS m ON m.relation = s.relation
    JOIN pg_attribute AS a ON a.attrelid = s.relation AND a.attname = m.column_name
    CROSS JOIN LATERAL (
        WITH RECURSIVE bases AS (
            SELECT b.oid, b.typtype, b.typbasetype FROM pg_type AS b WHERE b.oid = a.atttypid
            UNION ALL
            SELECT b.oid, b.typtype, b.typbasetype
            FROM bases AS d
            JOIN pg_type AS b ON b.oid = d.typbasetype
        )
        SELECT max(b.oid::regtype::text) FILTER (WHERE b.typtype <> 'd'), array_agg(b.oid)
        FROM bases AS b
    ) AS y (name, chain)
    WHERE m.is_personal
      AND m.sealed_type IS NULL
      AND (
          kernel.is_searchable(a.atttypid)
          OR m.kind ~ '^(identifier|contact)' AND y.name IN ('bigint', 'integer', 'numeric')
      )
      -- A value of a list, or of a table of nobody, is not the person's.
      AND NOT EXISTS (
          SELECT
          FROM pg_constraint AS k
          WHERE k.conrelid = s.relation AND a.attnum = ANY (k.conkey) AND k.contype = 'f'
             OR k.contype = 'c'
             AND (
                 k.conrelid = s.relation AND k.conkey = ARRAY[a.attnum]
                 OR k.contypid = ANY (y.chain)
             )
             AND pg_get_constraintdef(k.oid) LIKE '%= ANY (%ARRAY[%'
      )
$$;

COMMENT ON FUNCTION kernel.token_sources(text) IS
'The personal columns of an app whose values may say whose they are: SQL over rows t that gives their
parts, the least length of one that counts, and whether erasure keeps the column. Without lists of
values, references and sealed fields. A part of kernel.personal_tokens.';
