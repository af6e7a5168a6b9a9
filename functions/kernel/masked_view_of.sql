CREATE OR REPLACE FUNCTION kernel.masked_view_of(p_relation regclass)
RETURNS regclass
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.ev_class::regclass
    FROM pg_depend AS d
    JOIN pg_rewrite AS r ON r.oid = d.objid
    CROSS JOIN kernel.comment_tags(obj_description(r.ev_class, 'pg_class')) AS t
    WHERE d.classid = 'pg_rewrite'::regclass
      AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = coalesce(pg_partition_root(p_relation), p_relation)
      AND r.ev_class <> d.refobjid
      AND t.tag = 'masked'
    ORDER BY r.ev_class
    LIMIT 1
$$;

COMMENT ON FUNCTION kernel.masked_view_of(regclass) IS
'The masked view of a table, whatever either is called by now; NULL where there is none.';

GRANT EXECUTE ON FUNCTION kernel.masked_view_of(regclass) TO strongroom_runner, pg_monitor;
