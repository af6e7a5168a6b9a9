CREATE OR REPLACE FUNCTION kernel.reference_problem(p_relation regclass)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format(
        CASE
            -- A row that refers and is not seen would go by CASCADE, or be left without its end.
            WHEN kernel.hides_rows(f.conrelid)
                THEN 'The owner has no policy for all rows of %2$s, which refers to it by %1$I.'
            ELSE 'The foreign key %I of %s has no index.'
        END,
        f.conname, f.conrelid::regclass
    )
    FROM kernel.foreign_keys_to(p_relation) AS f
    WHERE f.confrelid = p_relation
      AND f.conparentid = 0
      AND (kernel.hides_rows(f.conrelid) OR NOT EXISTS (
          SELECT
          FROM pg_index AS i
          WHERE i.indrelid = f.conrelid
            AND i.indisvalid
            AND (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey
            AND (
                i.indpred IS NULL
                OR pg_get_expr(i.indpred, i.indrelid) = ANY (
                    SELECT format('(%I IS NOT NULL)', a.attname)
                    FROM pg_attribute AS a
                    WHERE a.attrelid = f.conrelid AND a.attnum = ANY (f.conkey)
                )
            )
      ))
    ORDER BY f.conname
    LIMIT 1
$$;

COMMENT ON FUNCTION kernel.reference_problem(regclass) IS
'Why rows of a table can''t be deleted in good time, as a sentence; NULL where they can.';
