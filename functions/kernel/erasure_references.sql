CREATE OR REPLACE FUNCTION kernel.erasure_references(p_relation regclass, p_is_own boolean)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT coalesce(string_agg(r.condition, ' OR '), 'false')
        FROM (
            SELECT format(
                'EXISTS (SELECT FROM %s AS c WHERE %s%s%s)',
                f.conrelid::regclass,
                CASE
                    WHEN f.confrelid <> p_relation THEN format(
                        't.tableoid = ANY (%L::oid[]) AND ',
                        ARRAY(SELECT l.relid::oid FROM pg_partition_tree(f.confrelid) AS l)
                    )
                END,
                string_agg(
                    format(
                        't.%I OPERATOR(%I.%s) c.%I',
                        theirs.attname, n.nspname, o.oprname, mine.attname
                    ),
                    ' AND '
                ),
                CASE
                    WHEN p_is_own THEN ' AND (c.tableoid, c.ctid) NOT IN'
                        ' (SELECT u.part, u.line FROM unnest($3, $2) AS u (part, line))'
                END
            )
            FROM pg_constraint AS f
            CROSS JOIN unnest(f.conkey, f.confkey, f.conpfeqop) AS k (mine, theirs, operator)
            JOIN pg_attribute AS mine ON mine.attrelid = f.conrelid AND mine.attnum = k.mine
            JOIN pg_attribute AS theirs ON theirs.attrelid = f.confrelid AND theirs.attnum = k.theirs
            JOIN pg_operator AS o ON o.oid = k.operator
            JOIN pg_namespace AS n ON n.oid = o.oprnamespace
            WHERE f.contype = 'f'
              AND f.conparentid = 0
              AND f.confdeltype IN ('a', 'r', 'c')
              AND (
                  f.confrelid = p_relation
                  -- One may point to a partition alone.
                  OR f.confrelid IN (SELECT l.relid FROM pg_partition_tree(p_relation) AS l)
              )
              AND (coalesce(pg_partition_root(f.conrelid), f.conrelid) = p_relation) = p_is_own
            GROUP BY f.oid, f.conrelid, f.confrelid
        ) AS r (condition)
    );
END;
$$;

COMMENT ON FUNCTION kernel.erasure_references(regclass, boolean) IS
'SQL that is true of the rows t of a table which a row refers to that their deletion would be refused
for, or would take away: of other tables, or (p_is_own) of the table itself, but for those whose
addresses are in $2 (tid[]) and $3 (oid[], the tables).';
