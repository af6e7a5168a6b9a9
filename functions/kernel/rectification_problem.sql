CREATE OR REPLACE FUNCTION kernel.rectification_problem(
    p_app text,
    p_relation regclass,
    p_key jsonb,
    p_changes jsonb
)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
DECLARE
    v_primary smallint[];
    v_wrong text;
BEGIN
    IF NOT EXISTS (SELECT FROM kernel.subject_tables(p_app) AS s WHERE s.relation = p_relation) THEN
        RETURN format('No table of app %I that holds rows of people has this name.', p_app);
    END IF;
    IF coalesce(jsonb_typeof(p_changes) <> 'object' OR p_changes = '{}', true)
        OR coalesce(jsonb_typeof(p_key) <> 'object', true)
    THEN
        RETURN 'Key and changes are objects: names of columns, and their values.';
    END IF;
    SELECT k.conkey INTO v_primary
    FROM pg_constraint AS k WHERE k.conrelid = p_relation AND k.contype = 'p';
    IF NOT FOUND
        OR ARRAY(SELECT k.name FROM jsonb_object_keys(p_key) AS k (name) ORDER BY 1) <> ARRAY(
            SELECT a.attname::text FROM pg_attribute AS a
            WHERE a.attrelid = p_relation AND a.attnum = ANY (v_primary) ORDER BY 1
        )
    THEN
        RETURN format('The key names other columns than the primary key of %s.', p_relation);
    END IF;
    SELECT min(c.name) INTO v_wrong
    FROM jsonb_object_keys(p_changes) AS c (name)
    WHERE NOT EXISTS (
        SELECT
        FROM kernel.data_map AS m
        JOIN pg_attribute AS a ON a.attrelid = m.relation AND a.attname = m.column_name
        WHERE m.relation = p_relation
          AND m.column_name = c.name
          AND m.class = 'personal'
          -- The database can't seal; that the key fits is for the guard of the table to say.
          AND (
              m.sealed_type IS NULL
              OR coalesce(p_changes ->> c.name ~ '^\\x01([0-9a-f]{2}){37,}$', true)
          )
          AND m.erase NOT LIKE 'keep%'
          AND a.attgenerated = ''
          AND a.attidentity = ''
          AND a.attname NOT IN (SELECT kernel.subject_columns(p_relation))
          AND NOT EXISTS (
              SELECT
              FROM pg_constraint AS k
              WHERE k.contype IN ('p', 'f')
                AND k.conrelid = p_relation
                AND a.attnum = ANY (k.conkey)
          )
    );
    IF v_wrong IS NULL THEN
        RETURN kernel.rectified_index_problem(p_relation, p_changes);
    END IF;
    -- What is no column may be a value.
    RETURN format(
        '%s is not to be corrected: it is no column, says nothing of a person, is part of a key,'
        ' is kept as it was, is generated, or is sealed and given as no envelope.',
        coalesce(
            (
                SELECT format('Column %I', a.attname) FROM pg_attribute AS a
                WHERE a.attrelid = p_relation AND a.attname = v_wrong
            ),
            'A name among the changes'
        )
    );
END;
$$;

COMMENT ON FUNCTION kernel.rectification_problem(text, regclass, jsonb, jsonb) IS
'Why these columns of this row can''t be corrected, as a sentence without values; NULL where they can:
personal columns outside of keys that erasure does not keep and that are not generated; sealed ones as
envelopes, with their blind indexes.';
