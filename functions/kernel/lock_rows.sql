CREATE OR REPLACE FUNCTION kernel.lock_rows(
    p_relation regclass,
    p_condition text,
    p_subject text,
    p_limit integer,
    OUT lines tid[],
    OUT parts oid[],
    OUT count integer
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format(
        'SELECT coalesce(array_agg(x.ctid), ''{}''), coalesce(array_agg(x.tableoid), ''{}'')'
        ' FROM (SELECT t.ctid, t.tableoid FROM %s AS t WHERE %s LIMIT %s FOR UPDATE OF t) AS x',
        p_relation, p_condition, p_limit
    ) INTO lines, parts USING p_subject, '{}'::tid[], '{}'::oid[];
    count := cardinality(lines);
END;
$$;

COMMENT ON FUNCTION kernel.lock_rows(regclass, text, text, integer) IS
'Locks up to p_limit rows t of a table that fit a condition over $1, the person, and $2 and $3, which
are empty; where they are, as addresses and the tables or partitions that these are in.';
