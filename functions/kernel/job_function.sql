CREATE OR REPLACE FUNCTION kernel.job_function(p_job text)
RETURNS regprocedure
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_name text;
    v_problem text;
BEGIN
    SELECT j.function_name INTO v_name FROM kernel.job AS j WHERE j.name = p_job;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR061',
            MESSAGE = format('no job is named %L', p_job),
            HINT = 'Take the name from kernel.job.';
    END IF;
    v_problem := kernel.job_problem(v_name);
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR062',
            MESSAGE = format('%s of job %L can''t be run', v_name, p_job),
            DETAIL = v_problem,
            HINT = 'A job is a function of kernel or an app, without arguments, that returns bigint '
                'and that strongroom_runner may call.';
    END IF;
    RETURN to_regprocedure(v_name);
END;
$$;

COMMENT ON FUNCTION kernel.job_function(text) IS
'The function of a job. Raises KR061 UnknownJob, KR062 InvalidJobFunction.';

GRANT EXECUTE ON FUNCTION kernel.job_function(text) TO strongroom_runner;
