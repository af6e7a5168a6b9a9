CREATE OR REPLACE FUNCTION kernel.held_key_condition(
    p_relation regclass,
    p_columns text[],
    p_types jsonb
)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('h.key_types IS NOT DISTINCT FROM %L::jsonb AND ', p_types) || CASE
        -- As a whole, by an index: one by one, thousands of holds times thousands of rows.
        WHEN count(*) = cardinality(p_columns)
            THEN format(
                'h.row_key = jsonb_build_object(%s)',
                string_agg(format('%1$L, t.%1$I::text', a.attname), ', ')
            )
        ELSE format('h.row_key ?& %1$L::text[] AND h.row_key - %1$L::text[] = ''{}''', p_columns)
            || coalesce(
                string_agg(format(' AND h.row_key ->> %1$L = t.%1$I::text', a.attname), ''), ''
            )
    END
    FROM pg_attribute AS a
    WHERE a.attrelid = p_relation
      AND a.attname = ANY (p_columns)
      AND NOT a.attisdropped
      AND (p_types IS NULL OR p_types @> kernel.key_types(p_relation, ARRAY[a.attname::text]))
$$;

COMMENT ON FUNCTION kernel.held_key_condition(regclass, text[], jsonb) IS
'SQL that is true of a hold h on a row t of a table, whose key had these columns, of these types
(kernel.key_types, NULL where they are not known), when it was placed. Columns that are gone tell nothing, nor
do those that write their values otherwise by now.';
