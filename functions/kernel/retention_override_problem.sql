CREATE OR REPLACE FUNCTION kernel.retention_override_problem(p_policy jsonb)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH
    policy AS (
        SELECT
            to_regclass(p_policy ->> 'relation') AS relation,
            to_regclass(p_policy ->> 'override_table') AS people,
            p_policy ->> 'override_column' AS column_name
    ),
    subject AS (
        SELECT
            ARRAY(SELECT kernel.subject_columns(p.relation)) AS of_row,
            ARRAY(SELECT kernel.subject_columns(p.people)) AS of_person
        FROM policy AS p
    )
    SELECT CASE
        WHEN cardinality(s.of_row) <> 1 THEN 'Its rows are not each of one person.'
        WHEN cardinality(s.of_person) <> 1
            THEN format('The rows of %s are not each of one person.', p.people)
        -- Whose period is not seen is taken for one who has none.
        WHEN kernel.hides_rows(p.people)
            THEN format('The owner has no policy for all rows of %s.', p.people)
        WHEN a.attname IS NULL THEN format('%s has no column %I.', p.people, p.column_name)
        WHEN a.atttypid NOT IN ('integer'::regtype, 'smallint'::regtype)
            THEN format('%s.%I is no number of days (integer).', p.people, a.attname)
        WHEN mine.atttypid <> theirs.atttypid
            THEN format('People are %s in it, and %s in %s.', mine.atttypid::regtype,
                theirs.atttypid::regtype, p.people)
        WHEN NOT EXISTS (
            SELECT
            FROM pg_index AS i
            WHERE i.indrelid = p.people
              AND i.indisunique
              AND i.indisvalid
              AND i.indpred IS NULL
              AND i.indnkeyatts = 1
              AND i.indkey[0] = theirs.attnum
        )
            THEN format('A person may have several rows in %s.', p.people)
    END
    FROM policy AS p
    CROSS JOIN subject AS s
    LEFT JOIN pg_attribute AS a
        ON a.attrelid = p.people
       AND a.attname = p.column_name
       AND a.attnum > 0
       AND NOT a.attisdropped
    LEFT JOIN pg_attribute AS mine ON mine.attrelid = p.relation AND mine.attname = s.of_row[1]
    LEFT JOIN pg_attribute AS theirs ON theirs.attrelid = p.people AND theirs.attname = s.of_person[1]
    WHERE p_policy ->> 'override_table' IS NOT NULL
$$;

COMMENT ON FUNCTION kernel.retention_override_problem(jsonb) IS
'Why people can''t have periods of their own as a policy says, as a sentence; NULL where they can.';
