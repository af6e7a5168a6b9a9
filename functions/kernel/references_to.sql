CREATE OR REPLACE FUNCTION kernel.references_to(
    p_relation regclass,
    p_now timestamptz DEFAULT NULL,
    p_asked regclass[] DEFAULT '{}'
)
RETURNS SETOF text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format(
        'EXISTS (SELECT FROM %s AS c WHERE %s%s)',
        CASE
            WHEN p_now IS NULL THEN f.conrelid::regclass::text
            ELSE kernel.staying_rows(f.conrelid, p_now, p_asked || p_relation)
        END,
        CASE
            WHEN f.confrelid <> p_relation THEN format(
                't.tableoid = ANY (%L::oid[]) AND ',
                ARRAY(SELECT l.relid::oid FROM pg_partition_tree(f.confrelid) AS l)
            )
        END,
        string_agg(
            format('t.%I OPERATOR(%I.%s) c.%I', theirs.attname, n.nspname, o.oprname, mine.attname),
            ' AND '
        )
    )
    FROM kernel.foreign_keys_to(p_relation) AS f
    CROSS JOIN unnest(f.conkey, f.confkey, f.conpfeqop) AS k (mine, theirs, operator)
    JOIN pg_attribute AS mine ON mine.attrelid = f.conrelid AND mine.attnum = k.mine
    JOIN pg_attribute AS theirs ON theirs.attrelid = f.confrelid AND theirs.attnum = k.theirs
    JOIN pg_operator AS o ON o.oid = k.operator
    JOIN pg_namespace AS n ON n.oid = o.oprnamespace
    WHERE f.conparentid = 0
    GROUP BY f.oid, f.conrelid, f.confrelid
    ORDER BY f.conrelid::regclass::text, f.oid
$$;

COMMENT ON FUNCTION kernel.references_to(regclass, timestamptz, regclass[]) IS
'For each foreign key that points to a table, or to a partition of it, SQL that is true of the rows t
which a row refers to. With p_now: only a row that a run of retention then would leave; p_asked: the
tables for which that is asked.';
