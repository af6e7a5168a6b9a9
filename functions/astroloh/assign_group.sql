CREATE OR REPLACE FUNCTION astroloh.assign_group(p_test_name text)
RETURNS text
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user CONSTANT uuid := kernel.require_user_uuid();
    v_groups text[];
    v_group text;
BEGIN
    PERFORM astroloh.require_processing(v_user);
    SELECT t.groups
    INTO v_groups
    FROM astroloh.ab_tests AS t
    WHERE t.test_name = p_test_name
      AND t.is_active
      AND t.test_start_date <= now()
      AND (t.test_end_date IS NULL OR t.test_end_date > now());
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'ZD007',
            MESSAGE = 'this experiment is not running',
            HINT = 'Give the person what the control group gets.';
    END IF;
    -- By a digest of both: the groups of two experiments have nothing to do with each other.
    v_group := v_groups[
        1 + ('x' || left(md5(v_user::text || ' ' || p_test_name), 7))::bit(28)::integer
            % cardinality(v_groups)
    ];
    INSERT INTO astroloh.ab_test_groups (user_id, test_name, group_name)
    VALUES (v_user, p_test_name, v_group)
    ON CONFLICT (user_id, test_name) DO NOTHING;

    -- In which group the person was before, if at all; NULL for who left.
    SELECT CASE WHEN g.is_active THEN g.group_name END
    INTO STRICT v_group
    FROM astroloh.ab_test_groups AS g
    WHERE g.user_id = v_user AND g.test_name = p_test_name;
    RETURN v_group;
END;
$$;

COMMENT ON FUNCTION astroloh.assign_group(text) IS
'The current user''s group of an experiment that runs, given once and kept; NULL for who does not
take part. Raises ZD007 ExperimentNotRunning, KR130 ConsentMissing, KR001 MissingIdentity.';

ALTER FUNCTION astroloh.assign_group(text) OWNER TO astroloh_definer;
GRANT EXECUTE ON FUNCTION astroloh.assign_group(text) TO astroloh_app;
