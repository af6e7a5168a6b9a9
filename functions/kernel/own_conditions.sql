CREATE OR REPLACE FUNCTION kernel.own_conditions(p_relation regclass, p_app text, p_people regclass)
RETURNS text[]
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(
        SELECT own.condition
        FROM kernel.subject_condition(p_relation) AS own (condition)
        WHERE p_people IS NULL AND own.condition IS NOT NULL
        UNION ALL
        SELECT format(
            'EXISTS (SELECT FROM %s AS p WHERE p.app = %L AND p.subject = t.%I::text)',
            p_people, p_app, s.name
        )
        FROM kernel.subject_columns(p_relation) AS s (name)
        WHERE p_people IS NOT NULL
    )
$$;

COMMENT ON FUNCTION kernel.own_conditions(regclass, text, regclass) IS
'SQL conditions that are true of rows t of a table by its own columns (kernel.subject_columns): those of the
person $1, or, where a view names people (app, subject), of these, a condition a column.';

GRANT EXECUTE ON FUNCTION kernel.own_conditions(regclass, text, regclass) TO strongroom_runner, pg_monitor;
