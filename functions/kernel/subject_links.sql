CREATE OR REPLACE FUNCTION kernel.subject_links(p_app text)
RETURNS TABLE (
    name name,
    child regclass,
    parent regclass,
    child_columns name[],
    parent_columns name[],
    operators text[],
    nullable_columns name[],
    delete_action "char",
    is_whole boolean
)
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH links AS MATERIALIZED (
        SELECT
            f.conname, f.conrelid, f.confrelid, f.conkey, f.confkey, f.conpfeqop, f.confdeltype,
            f.confdelsetcols,
            coalesce(pg_partition_root(f.conrelid), f.conrelid)::regclass AS child,
            coalesce(pg_partition_root(f.confrelid), f.confrelid)::regclass AS parent
        FROM pg_namespace AS n
        JOIN pg_class AS c ON c.relnamespace = n.oid
        JOIN pg_constraint AS f ON f.conrelid = c.oid AND f.contype = 'f' AND f.conparentid = 0
        JOIN pg_class AS p ON p.oid = f.confrelid AND p.relnamespace = n.oid
        WHERE n.nspname = p_app
    ),
    -- Asked once for each table, however many links it has.
    people AS MATERIALIZED (
        SELECT t.child, ARRAY(SELECT kernel.subject_columns(t.child)) AS columns
        FROM (SELECT DISTINCT l.child FROM links AS l) AS t
    )
    SELECT
        f.conname,
        f.child,
        f.parent,
        keys.child_columns,
        keys.parent_columns,
        keys.operators,
        keys.nullable_columns,
        f.confdeltype,
        f.child = f.conrelid
    FROM links AS f
    JOIN people AS w ON w.child = f.child
    CROSS JOIN LATERAL (
        SELECT
            array_agg(mine.attname ORDER BY k.place),
            array_agg(theirs.attname ORDER BY k.place),
            array_agg(format('OPERATOR(%I.%s)', s.nspname, o.oprname) ORDER BY k.place),
            coalesce(
                array_agg(mine.attname ORDER BY k.place) FILTER (
                    WHERE NOT mine.attnotnull
                      AND mine.attnum = ANY (coalesce(f.confdelsetcols, f.conkey))
                      AND mine.attname <> ALL (w.columns)
                ),
                '{}'
            )
        FROM unnest(f.conkey, f.confkey, f.conpfeqop)
            WITH ORDINALITY AS k (mine, theirs, operator, place)
        JOIN pg_attribute AS mine ON mine.attrelid = f.conrelid AND mine.attnum = k.mine
        JOIN pg_attribute AS theirs ON theirs.attrelid = f.confrelid AND theirs.attnum = k.theirs
        JOIN pg_operator AS o ON o.oid = k.operator
        JOIN pg_namespace AS s ON s.oid = o.oprnamespace
    ) AS keys (child_columns, parent_columns, operators, nullable_columns);
END;
$$;

COMMENT ON FUNCTION kernel.subject_links(text) IS
'The foreign keys between tables of an app, roots in the place of partitions: columns of both ends,
the operators that compare parent with child, the columns of the child that may be emptied to cut
the link, what a deletion of the parent does (as pg_constraint.confdeltype), and whether every
partition of the child has it.';

GRANT EXECUTE ON FUNCTION kernel.subject_links(text) TO strongroom_runner, pg_monitor;
