CREATE OR REPLACE FUNCTION kernel.has_tombstone(p_app text, p_subject text)
RETURNS boolean
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_table record;
    v_found boolean;
BEGIN
    FOR v_table IN
        SELECT s.relation, s.condition
        FROM kernel.subject_tables(p_app) AS s
        WHERE s.is_direct
          AND ARRAY(SELECT c.name FROM kernel.subject_columns(s.relation) AS c (name)) = ARRAY(
              SELECT a.attname
              FROM pg_constraint AS k
              CROSS JOIN unnest(k.conkey) AS p (number)
              JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = p.number
              WHERE k.conrelid = s.relation AND k.contype = 'p'
          )
          AND NOT EXISTS (
              SELECT FROM kernel.subject_links(p_app) AS l
              WHERE l.child = s.relation
                AND l.child_columns
                    && ARRAY(SELECT c.name FROM kernel.subject_columns(s.relation) AS c (name))
          )
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s AS t WHERE %s)', v_table.relation, v_table.condition)
        INTO v_found USING p_subject;
        IF v_found THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END;
$$;

COMMENT ON FUNCTION kernel.has_tombstone(text, text) IS
'Whether a row stays that is the person, and no row of somebody else''s: one whose primary key is the
user id, in a table that refers by it to no other. Raises KR110 UnknownApp.';
