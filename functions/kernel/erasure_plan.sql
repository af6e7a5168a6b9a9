CREATE OR REPLACE FUNCTION kernel.erasure_plan(p_app text)
RETURNS TABLE (
    relation regclass,
    "position" integer,
    action text,
    columns name[],
    kept_columns name[],
    reasons text[],
    cut_columns name[],
    condition text,
    problem text
)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT
        t.id::oid::regclass, s.position, s.action, c.deletes || c.changes, c.keeps, c.reasons,
        s.cut_columns, s.condition, s.problem
    FROM jsonb_each(kernel.erasure_actions(p_app)) AS t (id, content)
    CROSS JOIN jsonb_to_record(t.content) AS s (
        "position" integer, action text, cut_columns name[], condition text, tags jsonb,
        problem text
    )
    CROSS JOIN jsonb_to_record(s.tags) AS c (
        deletes name[], changes name[], keeps name[], reasons text[]
    )
    -- Counters have a step of their own.
    WHERE NOT EXISTS (
        SELECT
        FROM kernel.counter AS k
        WHERE k.app = p_app
          AND t.id::oid IN (
              to_regclass(format('%I.%I', k.app, k.name || '_deltas')),
              to_regclass(format('%I.%I', k.app, k.name || '_totals'))
          )
    )
    ORDER BY s.position;
END;
$$;

COMMENT ON FUNCTION kernel.erasure_plan(text) IS
'What erasing a person does to each table of an app that holds rows of people, children first: delete
the row, where a column says so, or where nothing in it is personal and it refers to a row that goes;
else change columns, in one UPDATE; else keep it. condition is SQL over rows t and $1, as of
kernel.subject_tables. problem: why that can''t be done. Reads comments. Raises KR110 UnknownApp.';
