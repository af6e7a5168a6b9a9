CREATE OR REPLACE FUNCTION kernel.retention_columns_problem(p_policy jsonb)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT CASE
        WHEN a.attname IS NULL THEN format('It has no column %I.', wanted.name)
        WHEN a.attgenerated <> '' OR a.attidentity <> ''
            THEN format('Its column %I is generated.', a.attname)
        WHEN a.attnotnull AND p_policy ->> 'action' = 'null'
            THEN format('Its column %I may not be NULL.', a.attname)
        WHEN EXISTS (
            SELECT
            FROM pg_index AS i
            WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)
        )
            THEN format('Its column %I is of the primary key.', a.attname)
        WHEN quote_ident(a.attname) = p_policy ->> 'time_expression'
            THEN format('Its column %I is the time that it counts from.', a.attname)
        WHEN a.attname IN (SELECT kernel.subject_columns(r.oid))
            THEN format('Its column %I says whose row it is.', a.attname)
    END
    FROM (SELECT to_regclass(p_policy ->> 'relation')) AS r (oid)
    CROSS JOIN jsonb_array_elements_text(nullif(p_policy -> 'columns', 'null'))
        AS wanted (name)
    LEFT JOIN pg_attribute AS a
        ON a.attrelid = r.oid AND a.attname = wanted.name AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY 1
    LIMIT 1
$$;

COMMENT ON FUNCTION kernel.retention_columns_problem(jsonb) IS
'Why the columns of a policy can''t be emptied or masked, as a sentence; NULL where they can.';
