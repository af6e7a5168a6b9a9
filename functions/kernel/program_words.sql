CREATE OR REPLACE FUNCTION kernel.program_words(p_tokens text[])
RETURNS text[]
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- What is kept of earlier forms of functions, where migrations have run.
    c_kept CONSTANT regclass := to_regclass('strongroom.migrate_source');
    v_text text;
BEGIN
    SELECT string_agg(lower(s.source COLLATE "default"), E'\n')
    INTO v_text
    FROM (
        SELECT pg_get_functiondef(p.oid)
        FROM pg_proc AS p
        JOIN pg_namespace AS n ON n.oid = p.pronamespace
        WHERE n.nspname IN (SELECT kernel.guarded_schemas()) AND p.prokind IN ('f', 'p')
        UNION ALL
        SELECT pg_get_constraintdef(c.oid)
        FROM pg_constraint AS c
        JOIN pg_namespace AS n ON n.oid = c.connamespace
        WHERE n.nspname IN (SELECT kernel.guarded_schemas()) AND c.contype = 'c'
    ) AS s (source);
    IF c_kept IS NOT NULL THEN
        EXECUTE format('SELECT concat($1, string_agg(lower(s.source), '''')) FROM %s AS s', c_kept)
        INTO v_text USING v_text;
    END IF;
    RETURN ARRAY(
        SELECT t.token FROM unnest(p_tokens) AS t (token)
        WHERE strpos(v_text, lower(t.token COLLATE "default")) > 0
    );
END;
$$;

COMMENT ON FUNCTION kernel.program_words(text[]) IS
'Those of these words that the program itself holds: in functions, CHECK constraints and the sources
that migrations keep. They tell nothing of a person. A part of kernel.personal_tokens.';
