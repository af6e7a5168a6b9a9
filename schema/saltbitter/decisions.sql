CREATE TABLE saltbitter.decisions (
    user_id uuid NOT NULL,
    target_id uuid NOT NULL,
    decision text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT decisions_pkey PRIMARY KEY (user_id, target_id),
    CONSTRAINT decisions_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES saltbitter.users (id) ON DELETE CASCADE,
    CONSTRAINT decisions_target_id_fkey FOREIGN KEY (target_id)
        REFERENCES saltbitter.users (id) ON DELETE CASCADE,
    CONSTRAINT decisions_different_users_check CHECK (user_id <> target_id),
    CONSTRAINT decisions_decision_check CHECK (decision IN ('liked', 'passed'))
);

CREATE INDEX decisions_target_id_idx ON saltbitter.decisions (target_id, user_id);

COMMENT ON TABLE saltbitter.decisions IS
'Who likes or passes whom: one decision a person about a person, seen by nobody else. Belongs to
both, so it goes with the first of them. Two likes make a match.
@row Decision
@rows 10M';
COMMENT ON COLUMN saltbitter.decisions.user_id IS
'Who decided.
@internal
@subject';
COMMENT ON COLUMN saltbitter.decisions.target_id IS
'About whom.
@internal
@subject';
COMMENT ON COLUMN saltbitter.decisions.decision IS
'liked: wants to meet. passed: does not.
@personal preference
@erase delete';
COMMENT ON COLUMN saltbitter.decisions.created_at IS
'When.
@personal activity
@erase delete';
COMMENT ON CONSTRAINT decisions_different_users_check ON saltbitter.decisions IS
'@error DecidedOnOneself Nobody decides on themselves.';

ALTER TABLE saltbitter.decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.decisions FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.decisions
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.decisions
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON saltbitter.decisions
FOR SELECT TO saltbitter_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_definer ON saltbitter.decisions
FOR SELECT TO saltbitter_definer USING (true);
CREATE POLICY insert_definer ON saltbitter.decisions
FOR INSERT TO saltbitter_definer WITH CHECK (user_id = kernel.user_uuid());

GRANT SELECT ON saltbitter.decisions TO saltbitter_app;
GRANT SELECT, INSERT (user_id, target_id, decision) ON saltbitter.decisions TO saltbitter_definer;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.decisions');
