CREATE OR REPLACE FUNCTION kernel.guard_problem(p_relation regclass)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(
        (
            SELECT CASE
                WHEN c.relkind NOT IN ('r', 'p') THEN 'It is no table.'
                WHEN NOT EXISTS (SELECT FROM kernel.sealed_columns(c.oid))
                    THEN 'No column of it has the tag @sealed or @blind.'
                WHEN NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary)
                    THEN 'It has no primary key, to which values could be bound.'
                WHEN n.nspname !~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$'
                    THEN 'Names of keys begin with the name of the app, and this one does not fit.'
            END
            FROM pg_class AS c
            JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.oid = coalesce(pg_partition_root(p_relation), p_relation)
        ),
        (
            SELECT min(format('Column %I %s', s.column_name, CASE
                WHEN s.kind = 'seal' AND a.atttypid::regtype::text <> 'kernel.sealed'
                    THEN 'is tagged @sealed and is not of type kernel.sealed.'
                WHEN s.kind = 'index' AND a.atttypid <> 'bytea'::regtype
                    THEN 'is tagged @blind and is not of type bytea.'
                WHEN coalesce(s.purpose !~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$', true)
                    THEN 'has a tag whose last word is not the purpose of a key.'
                WHEN s.padding = 0 THEN 'is padded to nothing.'
            END))
            FROM kernel.sealed_columns(p_relation) AS s
            JOIN pg_attribute AS a
                ON a.attrelid = coalesce(pg_partition_root(p_relation), p_relation)
                AND a.attname = s.column_name
            WHERE s.kind = 'seal' AND a.atttypid::regtype::text <> 'kernel.sealed'
               OR s.kind = 'index' AND a.atttypid <> 'bytea'::regtype
               OR coalesce(s.purpose !~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$', true)
               OR s.padding = 0
        )
    )
$$;

COMMENT ON FUNCTION kernel.guard_problem(regclass) IS
'Why the sealed columns of a table can''t be guarded, as a sentence; NULL where they can.';

GRANT EXECUTE ON FUNCTION kernel.guard_problem(regclass) TO strongroom_runner, pg_monitor;
