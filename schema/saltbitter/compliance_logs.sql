CREATE TABLE saltbitter.compliance_logs (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    action_type text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}',
    regulatory_framework text NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT compliance_logs_pkey PRIMARY KEY (user_id, id),
    -- Evidence outlives the person; people are erased by emptying their row.
    CONSTRAINT compliance_logs_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES saltbitter.users (id) ON DELETE RESTRICT,
    CONSTRAINT compliance_logs_action_type_check
        CHECK (action_type ~ '^[a-z][a-z0-9_]{0,49}$'),
    CONSTRAINT compliance_logs_details_check
        CHECK (jsonb_typeof(details) = 'object' AND length(details::text) <= 2000),
    CONSTRAINT compliance_logs_regulatory_framework_check
        CHECK (regulatory_framework IN ('gdpr', 'eu_ai_act', 'ccpa', 'sb_243'))
);

CREATE INDEX compliance_logs_action_type_idx
ON saltbitter.compliance_logs (action_type, occurred_at);

CREATE INDEX compliance_logs_occurred_at_idx
ON saltbitter.compliance_logs (occurred_at);

COMMENT ON TABLE saltbitter.compliance_logs IS
'What was done to whom for the sake of which law. Append only, and kept when the person is erased:
what is left of them then is an id that leads to an empty row.
@row ComplianceLog
@rows 10M';
COMMENT ON COLUMN saltbitter.compliance_logs.user_id IS
'Whom it was about.
@internal';
COMMENT ON COLUMN saltbitter.compliance_logs.id IS
'The entry; ids rise with time.
@internal';
COMMENT ON COLUMN saltbitter.compliance_logs.action_type IS
'What was done, as a word.
@personal activity
@erase keep evidence that a law wants
@mask hide';
COMMENT ON COLUMN saltbitter.compliance_logs.details IS
'More of it, as words by name, without personal data.
@internal';
COMMENT ON COLUMN saltbitter.compliance_logs.regulatory_framework IS
'Which law.
@internal';
COMMENT ON COLUMN saltbitter.compliance_logs.occurred_at IS
'When.
@personal activity
@erase keep evidence that a law wants';
COMMENT ON CONSTRAINT compliance_logs_action_type_check ON saltbitter.compliance_logs IS
'@error ActionTypeInvalid An action is a word of small letters, digits and underscores.';
COMMENT ON CONSTRAINT compliance_logs_details_check ON saltbitter.compliance_logs IS
'@error DetailsInvalid Details are an object of at most 2,000 characters.';

ALTER TABLE saltbitter.compliance_logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.compliance_logs FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.compliance_logs
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.compliance_logs
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON saltbitter.compliance_logs
FOR SELECT TO saltbitter_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON saltbitter.compliance_logs
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY insert_worker ON saltbitter.compliance_logs
FOR INSERT TO saltbitter_worker WITH CHECK (true);
CREATE POLICY insert_definer ON saltbitter.compliance_logs
FOR INSERT TO saltbitter_definer WITH CHECK (user_id = kernel.user_uuid());

GRANT SELECT ON saltbitter.compliance_logs TO saltbitter_app;
GRANT SELECT, INSERT (user_id, action_type, details, regulatory_framework)
ON saltbitter.compliance_logs TO saltbitter_worker;
GRANT INSERT (user_id, action_type, details, regulatory_framework) ON saltbitter.compliance_logs
TO saltbitter_definer;

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for, statutory_minimum, reason
)
VALUES (
    'saltbitter_compliance_logs', 'saltbitter.compliance_logs', 'delete', 'occurred_at', '6 years',
    '3 years', 'Evidence is kept as long as a claim can be made.'
)
ON CONFLICT DO NOTHING;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.compliance_logs');
