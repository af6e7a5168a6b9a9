CREATE OR REPLACE FUNCTION kernel.whole_links(p_app text, p_relation regclass DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_above CONSTANT regclass[] := p_relation || ARRAY(
        SELECT coalesce(pg_partition_root(r.relation), r.relation)
        FROM kernel.referred_tables(p_relation) AS r (relation)
    );
BEGIN
    RETURN (
        SELECT coalesce(
            jsonb_agg(
                to_jsonb(l)
                || jsonb_build_object('child_id', l.child::oid, 'parent_id', l.parent::oid)
            ),
            '[]'
        )
        FROM kernel.subject_links(p_app) AS l
        WHERE l.is_whole
          AND l.child <> l.parent
          AND (p_relation IS NULL OR l.child = ANY (c_above))
    );
END;
$$;

COMMENT ON FUNCTION kernel.whole_links(text, regclass) IS
'The links of kernel.subject_links, with the ids of both tables, that every partition has and that lead to
another table: all of them, or those by which the rows of one table belong to others, through others as well.';

GRANT EXECUTE ON FUNCTION kernel.whole_links(text, regclass) TO strongroom_runner, pg_monitor;
