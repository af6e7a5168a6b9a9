CREATE TABLE astroloh.ab_tests (
    test_name text NOT NULL,
    groups text[] NOT NULL DEFAULT '{control,variant_a}',
    test_parameters jsonb NOT NULL DEFAULT '{}',
    test_start_date timestamptz NOT NULL,
    test_end_date timestamptz,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT ab_tests_pkey PRIMARY KEY (test_name),
    CONSTRAINT ab_tests_test_name_check CHECK (test_name ~ '^[a-z][a-z0-9_]{0,99}$'),
    CONSTRAINT ab_tests_groups_check CHECK (
        cardinality(groups) BETWEEN 2 AND 10
        AND array_ndims(groups) = 1
        AND array_position(groups, NULL) IS NULL
        AND array_to_string(groups, ',') ~ '^[a-z][a-z0-9_]{0,49}(,[a-z][a-z0-9_]{0,49})*$'
        AND groups[1] = 'control'
    ),
    CONSTRAINT ab_tests_test_parameters_check CHECK (
        jsonb_typeof(test_parameters) = 'object' AND octet_length(test_parameters::text) <= 16384
    ),
    CONSTRAINT ab_tests_dates_check CHECK (test_end_date > test_start_date)
);

COMMENT ON TABLE astroloh.ab_tests IS
'Experiments: what is tried, with which groups, from when to when. Belongs to nobody.
@row AbTest
@rows 200';
COMMENT ON COLUMN astroloh.ab_tests.test_name IS
'Name of the experiment.
@public';
COMMENT ON COLUMN astroloh.ab_tests.groups IS
'The groups, the first of which is control; people are spread evenly over them.
@public';
COMMENT ON COLUMN astroloh.ab_tests.test_parameters IS
'What is different, by group.
@public';
COMMENT ON COLUMN astroloh.ab_tests.test_start_date IS
'From when on people take part.
@public';
COMMENT ON COLUMN astroloh.ab_tests.test_end_date IS
'Until when; NULL: until it is ended.
@public';
COMMENT ON COLUMN astroloh.ab_tests.is_active IS
'False: stopped before its time.
@public';
COMMENT ON COLUMN astroloh.ab_tests.created_at IS
'When it was planned.
@public';
COMMENT ON CONSTRAINT ab_tests_dates_check ON astroloh.ab_tests IS
'@error ExperimentEndsBeforeItBegins An experiment ends after it began.';
COMMENT ON CONSTRAINT ab_tests_groups_check ON astroloh.ab_tests IS
'@error InvalidGroups Two to ten groups, the first of which is control.';

ALTER TABLE astroloh.ab_tests ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.ab_tests FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.ab_tests
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.ab_tests
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_all ON astroloh.ab_tests
FOR SELECT TO astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer USING (true);
CREATE POLICY insert_worker ON astroloh.ab_tests
FOR INSERT TO astroloh_worker WITH CHECK (true);
CREATE POLICY update_worker ON astroloh.ab_tests
FOR UPDATE TO astroloh_worker USING (true) WITH CHECK (true);

GRANT SELECT ON astroloh.ab_tests TO astroloh_app, astroloh_analyst, astroloh_definer;
GRANT
    SELECT,
    INSERT (test_name, groups, test_parameters, test_start_date, test_end_date),
    UPDATE (is_active, test_end_date)
ON astroloh.ab_tests TO astroloh_worker;

SELECT kernel.enable_audit('astroloh.ab_tests');
