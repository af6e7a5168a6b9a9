CREATE TABLE saltbitter.ai_types (
    ai_type text NOT NULL,
    description text NOT NULL,
    CONSTRAINT ai_types_pkey PRIMARY KEY (ai_type),
    CONSTRAINT ai_types_ai_type_check CHECK (ai_type ~ '^[a-z][a-z0-9_]{0,49}$')
);

COMMENT ON TABLE saltbitter.ai_types IS
'What AI features there are: an open list, which staff add to.
@row AiType
@rows 100';
COMMENT ON COLUMN saltbitter.ai_types.ai_type IS
'The feature.
@public';
COMMENT ON COLUMN saltbitter.ai_types.description IS
'What is meant, for staff.
@public';

ALTER TABLE saltbitter.ai_types ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.ai_types FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.ai_types
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.ai_types
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_app ON saltbitter.ai_types
FOR SELECT TO saltbitter_app USING (true);
CREATE POLICY select_worker ON saltbitter.ai_types
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY select_analyst ON saltbitter.ai_types
FOR SELECT TO saltbitter_analyst USING (true);
CREATE POLICY select_definer ON saltbitter.ai_types
FOR SELECT TO saltbitter_definer USING (true);

GRANT SELECT ON saltbitter.ai_types
TO saltbitter_app, saltbitter_worker, saltbitter_analyst, saltbitter_definer;

INSERT INTO saltbitter.ai_types (ai_type, description)
VALUES
    ('practice_companion', 'A companion to practise talking with.'),
    ('relationship_coach', 'A coach who is asked for advice.')
ON CONFLICT DO NOTHING;

SELECT kernel.enable_audit('saltbitter.ai_types');
