CREATE OR REPLACE FUNCTION kernel.guard_shape(p_relation regclass)
RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object(
        'app', n.nspname,
        'relation', c.relname,
        'subject', to_jsonb(ARRAY(SELECT s.name FROM kernel.subject_columns(c.oid) AS s (name))),
        'is_exact', NOT EXISTS (
            SELECT
            FROM kernel.subject_columns(c.oid) AS s (name)
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = s.name
            WHERE a.atttypid <> ALL ('{bigint,integer,smallint,uuid}'::regtype[])
        ),
        'columns', coalesce(
            (
                SELECT jsonb_agg(
                    jsonb_build_array(s.column_name, s.kind, s.purpose) ORDER BY s.column_name
                )
                FROM kernel.sealed_columns(c.oid) AS s
            ),
            '[]'
        )
    )
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = coalesce(pg_partition_root(p_relation), p_relation)
$$;

COMMENT ON FUNCTION kernel.guard_shape(regclass) IS
'What the guard of a table would know of it as it is now: app, relation, the columns that say whose row
it is, whether ids that are equal there are always one text, and each sealed column or blind index with
kind and purpose.';

GRANT EXECUTE ON FUNCTION kernel.guard_shape(regclass) TO strongroom_runner, pg_monitor;
