CREATE OR REPLACE FUNCTION kernel.written_subject(p_app text, p_subject text)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_column record;
    v_found text;
BEGIN
    FOR v_column IN
        -- Of other types and collations what is equal is written alike; few columns are looked at.
        WITH candidates AS MATERIALIZED (
            SELECT c.oid, c.relname, a.attname, a.attnum, a.atttypid, l.collisdeterministic
            FROM pg_class AS c
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            JOIN pg_type AS t ON t.oid = a.atttypid AND t.typcategory = 'S'
            LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
            WHERE c.relnamespace = (SELECT n.oid FROM pg_namespace AS n WHERE n.nspname = p_app)
              AND c.relkind IN ('r', 'p')
              AND NOT c.relispartition
              AND (
                  l.collisdeterministic IS FALSE
                  OR a.atttypid <> ALL ('{text,varchar,bpchar,name}'::regtype[])
              )
        )
        SELECT c.oid::regclass AS relation, c.attname AS name, y.operator, format_type(y.id, -1) AS type
        FROM candidates AS c
        CROSS JOIN LATERAL kernel.id_type(c.atttypid) AS y
        WHERE c.attname IN (SELECT s.name FROM kernel.subject_columns(c.oid) AS s (name))
          AND y.operator IS NOT NULL
          AND (
              c.collisdeterministic IS FALSE
              OR y.id <> ALL ('{text,varchar,bpchar,name}'::regtype[])
          )
        -- The table of people before what is theirs.
        ORDER BY NOT EXISTS (
            SELECT
            FROM pg_index AS i
            WHERE i.indrelid = c.oid AND i.indisprimary AND i.indnatts = 1 AND i.indkey[0] = c.attnum
        ), c.relname, c.attnum
    LOOP
        EXECUTE format(
            'SELECT t.%2$I::text FROM %1$s AS t WHERE t.%2$I %3$s ($1)::%4$s LIMIT 1',
            v_column.relation, v_column.name, v_column.operator, v_column.type
        ) INTO v_found USING p_subject;
        IF v_found IS NOT NULL THEN
            RETURN v_found;
        END IF;
    END LOOP;
    RETURN p_subject;
END;
$$;

COMMENT ON FUNCTION kernel.written_subject(text, text) IS
'A user id as the tables of the app write it, where they hold texts to be equal that are written
differently (citext, a collation that ignores case); as it is where no row has it. For the person of a
transaction, whose id the program wrote in its own way.';

GRANT EXECUTE ON FUNCTION kernel.written_subject(text, text) TO strongroom_definer;
