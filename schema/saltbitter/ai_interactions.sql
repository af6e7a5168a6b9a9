CREATE TABLE saltbitter.ai_interactions (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    ai_type text NOT NULL,
    disclosure_shown boolean NOT NULL GENERATED ALWAYS AS (disclosure_shown_at IS NOT NULL) STORED,
    user_consented boolean NOT NULL GENERATED ALWAYS AS (user_consented_at IS NOT NULL) STORED,
    session_id text,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    disclosure_shown_at timestamptz,
    user_consented_at timestamptz,
    CONSTRAINT ai_interactions_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT ai_interactions_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES saltbitter.users (id) ON DELETE CASCADE,
    CONSTRAINT ai_interactions_ai_type_fkey FOREIGN KEY (ai_type)
        REFERENCES saltbitter.ai_types (ai_type) ON DELETE RESTRICT,
    -- Agreeing to what was not disclosed is no agreement.
    CONSTRAINT ai_interactions_disclosed_consent_check CHECK (
        user_consented_at IS NULL
        OR disclosure_shown_at IS NOT NULL AND disclosure_shown_at <= user_consented_at
    ),
    CONSTRAINT ai_interactions_session_id_length_check
        CHECK (length(session_id) BETWEEN 1 AND 100)
);

CREATE INDEX ai_interactions_ai_type_idx
ON saltbitter.ai_interactions (ai_type, created_at);

CREATE INDEX ai_interactions_created_at_idx ON saltbitter.ai_interactions (created_at);

COMMENT ON TABLE saltbitter.ai_interactions IS
'Every use of an AI feature: when it was disclosed that it is one, and when the person agreed. Kept
as the law wants the use of AI recorded; goes with the person.
@row AiInteraction
@rows 10M';
COMMENT ON COLUMN saltbitter.ai_interactions.user_id IS
'Who.
@internal';
COMMENT ON COLUMN saltbitter.ai_interactions.id IS
'The use; ids rise with time.
@internal';
COMMENT ON COLUMN saltbitter.ai_interactions.ai_type IS
'Which feature.
@personal activity
@erase delete
@mask hide';
COMMENT ON COLUMN saltbitter.ai_interactions.disclosure_shown IS
'Whether the person was told that it is an AI (article 52).
@internal';
COMMENT ON COLUMN saltbitter.ai_interactions.user_consented IS
'Whether the person agreed to it.
@internal';
COMMENT ON COLUMN saltbitter.ai_interactions.session_id IS
'What the program groups uses by; says nothing of the person.
@internal';
COMMENT ON COLUMN saltbitter.ai_interactions.created_at IS
'When it began.
@personal activity
@erase delete';
COMMENT ON COLUMN saltbitter.ai_interactions.disclosure_shown_at IS
'When the person was told.
@personal activity
@erase delete';
COMMENT ON COLUMN saltbitter.ai_interactions.user_consented_at IS
'When the person agreed.
@personal activity
@erase delete';
COMMENT ON CONSTRAINT ai_interactions_disclosed_consent_check ON saltbitter.ai_interactions IS
'@error ConsentUndisclosed Nobody can agree to an AI before they were told that it is one.';
COMMENT ON CONSTRAINT ai_interactions_session_id_length_check ON saltbitter.ai_interactions IS
'@error SessionIdLength A session has 1 to 100 characters.';

ALTER TABLE saltbitter.ai_interactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.ai_interactions FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.ai_interactions
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.ai_interactions
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON saltbitter.ai_interactions
FOR SELECT TO saltbitter_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON saltbitter.ai_interactions
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY select_definer ON saltbitter.ai_interactions
FOR SELECT TO saltbitter_definer USING (user_id = kernel.user_uuid());
CREATE POLICY insert_definer ON saltbitter.ai_interactions
FOR INSERT TO saltbitter_definer WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY update_definer ON saltbitter.ai_interactions
FOR UPDATE TO saltbitter_definer
USING (user_id = kernel.user_uuid())
WITH CHECK (user_id = kernel.user_uuid());

GRANT SELECT ON saltbitter.ai_interactions TO saltbitter_app;
GRANT SELECT ON saltbitter.ai_interactions TO saltbitter_worker;
GRANT SELECT, INSERT (user_id, ai_type, session_id, disclosure_shown_at), UPDATE (user_consented_at)
ON saltbitter.ai_interactions TO saltbitter_definer;

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for, reason
)
VALUES (
    'saltbitter_ai_interactions', 'saltbitter.ai_interactions', 'delete', 'created_at', '3 years',
    'Uses of AI are recorded as long as somebody may ask how it was used.'
)
ON CONFLICT DO NOTHING;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.ai_interactions');
