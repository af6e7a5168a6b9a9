CREATE OR REPLACE FUNCTION kernel.job_problem(p_function_name text)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_function CONSTANT regprocedure := to_regprocedure(p_function_name);
    v_function pg_proc;
    v_schema text;
BEGIN
    IF c_function IS NULL THEN
        RETURN 'there is no such function';
    END IF;
    SELECT * INTO STRICT v_function FROM pg_proc AS p WHERE p.oid = c_function;
    v_schema := (SELECT n.nspname FROM pg_namespace AS n WHERE n.oid = v_function.pronamespace);
    RETURN CASE
        WHEN v_function.pronargs <> 0 THEN 'it takes arguments'
        WHEN v_function.prokind <> 'f' OR v_function.proretset
            OR v_function.prorettype <> 'bigint'::regtype THEN 'it does not return one bigint'
        WHEN NOT EXISTS (
            SELECT FROM kernel.guarded_schemas() AS g (name) WHERE g.name = v_schema
        ) THEN 'it is in a schema that is neither the kernel''s nor an app''s'
        WHEN NOT has_schema_privilege('strongroom_runner', v_function.pronamespace, 'USAGE')
            THEN 'strongroom_runner may not use its schema'
        WHEN NOT has_function_privilege('strongroom_runner', v_function.oid, 'EXECUTE')
            THEN 'strongroom_runner may not call it'
    END;
END;
$$;

COMMENT ON FUNCTION kernel.job_problem(text) IS
'Why the function with this name can''t be run as a job, or NULL when it can. Reads the catalogue with
the rights of the owner, for a schema that the runner may not use hides its functions.';

GRANT EXECUTE ON FUNCTION kernel.job_problem(text) TO strongroom_runner;
