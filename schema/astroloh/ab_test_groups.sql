CREATE TABLE astroloh.ab_test_groups (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    test_name text NOT NULL,
    group_name text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    assigned_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT ab_test_groups_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT ab_test_groups_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES astroloh.users (id) ON DELETE CASCADE,
    CONSTRAINT ab_test_groups_test_name_fkey FOREIGN KEY (test_name)
        REFERENCES astroloh.ab_tests (test_name) ON DELETE RESTRICT,
    -- A person is in one group of an experiment, for ever: who left comes back into the same.
    CONSTRAINT ab_test_groups_test_name_key UNIQUE (user_id, test_name),
    CONSTRAINT ab_test_groups_group_name_check CHECK (group_name ~ '^[a-z][a-z0-9_]{0,49}$')
);

-- How many of a group take part.
CREATE INDEX ab_test_groups_test_name_idx
ON astroloh.ab_test_groups (test_name, group_name, user_id);

COMMENT ON TABLE astroloh.ab_test_groups IS
'Which group of an experiment a person is in.
@row AbTestGroup
@rows 5M';
COMMENT ON COLUMN astroloh.ab_test_groups.user_id IS
'Who.
@internal';
COMMENT ON COLUMN astroloh.ab_test_groups.id IS
'Id of the assignment, rising with time.
@internal';
COMMENT ON COLUMN astroloh.ab_test_groups.test_name IS
'The experiment.
@internal
@mask pseudonym';
COMMENT ON COLUMN astroloh.ab_test_groups.group_name IS
'The group.
@personal profile
@erase delete
@mask keep';
COMMENT ON COLUMN astroloh.ab_test_groups.is_active IS
'False: the person takes part no more.
@internal';
COMMENT ON COLUMN astroloh.ab_test_groups.assigned_at IS
'When the person came into it.
@personal activity
@erase delete';
COMMENT ON CONSTRAINT ab_test_groups_test_name_fkey ON astroloh.ab_test_groups IS
'@error UnknownExperiment There is no such experiment.';

ALTER TABLE astroloh.ab_test_groups ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.ab_test_groups FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.ab_test_groups
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.ab_test_groups
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON astroloh.ab_test_groups
FOR SELECT TO astroloh_app USING (user_id = kernel.user_uuid());
CREATE POLICY update_own ON astroloh.ab_test_groups
FOR UPDATE TO astroloh_app
USING (user_id = kernel.user_uuid()) WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON astroloh.ab_test_groups
FOR SELECT TO astroloh_worker USING (true);
CREATE POLICY select_definer ON astroloh.ab_test_groups
FOR SELECT TO astroloh_definer USING (user_id = kernel.user_uuid());
CREATE POLICY insert_definer ON astroloh.ab_test_groups
FOR INSERT TO astroloh_definer WITH CHECK (user_id = kernel.user_uuid());

-- Whoever does not want to take part leaves; into a group one comes by assign_group() alone.
GRANT SELECT, UPDATE (is_active) ON astroloh.ab_test_groups TO astroloh_app;
GRANT SELECT ON astroloh.ab_test_groups TO astroloh_worker;
GRANT SELECT, INSERT (user_id, test_name, group_name)
ON astroloh.ab_test_groups TO astroloh_definer;

SELECT kernel.masked_view('astroloh.ab_test_groups');
