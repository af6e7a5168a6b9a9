CREATE TABLE saltbitter.ai_opt_outs (
    user_id uuid NOT NULL,
    opted_out_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT ai_opt_outs_pkey PRIMARY KEY (user_id),
    CONSTRAINT ai_opt_outs_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES saltbitter.users (id) ON DELETE CASCADE
);

COMMENT ON TABLE saltbitter.ai_opt_outs IS
'Who wants no AI (the opt-out of California''s SB 243): a row is an opt-out, and while it is there
no AI feature begins. Each change is in saltbitter.compliance_logs.
@row AiOptOut
@rows 100k';
COMMENT ON COLUMN saltbitter.ai_opt_outs.user_id IS
'Who.
@internal';
COMMENT ON COLUMN saltbitter.ai_opt_outs.opted_out_at IS
'Since when.
@personal preference
@erase delete';

ALTER TABLE saltbitter.ai_opt_outs ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.ai_opt_outs FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.ai_opt_outs
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.ai_opt_outs
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON saltbitter.ai_opt_outs
FOR SELECT TO saltbitter_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON saltbitter.ai_opt_outs
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY select_definer ON saltbitter.ai_opt_outs
FOR SELECT TO saltbitter_definer USING (user_id = kernel.user_uuid());
CREATE POLICY insert_definer ON saltbitter.ai_opt_outs
FOR INSERT TO saltbitter_definer WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY delete_definer ON saltbitter.ai_opt_outs
FOR DELETE TO saltbitter_definer USING (user_id = kernel.user_uuid());

GRANT SELECT ON saltbitter.ai_opt_outs TO saltbitter_app;
GRANT SELECT ON saltbitter.ai_opt_outs TO saltbitter_worker;
GRANT SELECT, INSERT (user_id), DELETE ON saltbitter.ai_opt_outs TO saltbitter_definer;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.ai_opt_outs');
