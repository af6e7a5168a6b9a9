CREATE OR REPLACE FUNCTION kernel.canonical_subject(p_app text, p_subject text)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_spelling text;
    v_text text;
    v_found text := NULL;
    v_may_differ boolean;
    v_differs boolean := false;
BEGIN
    IF p_app IS NULL OR p_app NOT IN (SELECT kernel.app_schemas()) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR041',
            MESSAGE = format('there is no app %s', coalesce(quote_ident(p_app), 'NULL')),
            HINT = 'Name one of kernel.app_schemas().';
    END IF;
    IF p_subject IS NULL THEN
        RAISE data_exception;
    END IF;
    FOR v_spelling, v_may_differ IN
        SELECT DISTINCT
            CASE
                -- One number has many spellings, and its column writes them all alike.
                WHEN b.type = 'numeric'::regtype THEN format(
                    'SELECT round(v, greatest(%s, min_scale(v)))::text FROM CAST($1 AS numeric) AS v',
                    CASE WHEN a.atttypmod < 4 THEN 0 ELSE ((a.atttypmod - 4) & 2047 # 1024) - 1024 END
                )
                -- Without the length of a column or a domain: a cast would cut the id to another's.
                ELSE format('SELECT ($1::%s)::text', format_type(b.type, -1))
            END,
            -- Of these what is equal is written alike.
            l.collisdeterministic IS FALSE OR b.type <> ALL (
                '{int2,int4,int8,uuid,text,varchar,bpchar,name,date}'::regtype[]
            )
        FROM pg_class AS c
        CROSS JOIN kernel.subject_columns(c.oid) AS s (name)
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = s.name
        CROSS JOIN LATERAL (SELECT kernel.base_type(a.atttypid)) AS b (type)
        LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
        WHERE c.relnamespace = (SELECT n.oid FROM pg_namespace AS n WHERE n.nspname = p_app)
          AND c.relkind IN ('r', 'p')
          -- Partitions have the columns of their root.
          AND NOT c.relispartition
    LOOP
        EXECUTE v_spelling INTO v_text USING p_subject;
        IF v_text <> v_found THEN
            RAISE invalid_text_representation;
        END IF;
        v_found := v_text;
        v_differs := v_differs OR v_may_differ;
    END LOOP;
    IF v_differs THEN
        PERFORM kernel.require_spelling(p_app, v_found);
    END IF;
    RETURN coalesce(v_found, p_subject);
EXCEPTION
    WHEN data_exception THEN
        -- The value itself is personal and stays out of messages.
        RAISE EXCEPTION USING
            ERRCODE = 'KR041',
            MESSAGE = format('this is no user id of app %I', p_app),
            DETAIL = 'It can''t be read in the type of the app''s user ids.',
            HINT = 'Pass the id as the tables of the app hold it.';
END;
$$;

COMMENT ON FUNCTION kernel.canonical_subject(text, text) IS
'The user id as PostgreSQL writes it: in the type of the columns of the app that hold it, so that
another spelling of an id does not pin nobody; never cut or rounded to the length of a column. Where
the app may write equal ids in several ways: only as it does write this one. Raises KR041 InvalidHold.';

-- For what the roles of apps call.
GRANT EXECUTE ON FUNCTION kernel.canonical_subject(text, text) TO strongroom_definer, strongroom_runner;
