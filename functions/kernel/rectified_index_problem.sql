CREATE OR REPLACE FUNCTION kernel.rectified_index_problem(p_relation regclass, p_changes jsonb)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT min(format('Column %I has the blind index %I: one is corrected with the other.', i.source, i.name))
    FROM (
        SELECT a.attname AS name, split_part(t.argument, ' ', 1) AS source
        FROM pg_attribute AS a
        CROSS JOIN kernel.comment_tags(col_description(a.attrelid, a.attnum)) AS t
        WHERE a.attrelid = p_relation AND a.attnum > 0 AND NOT a.attisdropped AND t.tag = 'blind'
    ) AS i
    WHERE (p_changes ? i.source) <> (p_changes ? i.name)
$$;

COMMENT ON FUNCTION kernel.rectified_index_problem(regclass, jsonb) IS
'Which blind index would not fit its column any more after these changes, as a sentence; NULL for none. A
part of kernel.rectification_problem.';
