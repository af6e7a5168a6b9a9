CREATE TABLE saltbitter.event_types (
    event_type text NOT NULL,
    description text NOT NULL,
    CONSTRAINT event_types_pkey PRIMARY KEY (event_type),
    CONSTRAINT event_types_event_type_check CHECK (event_type ~ '^[a-z][a-z0-9_]{0,49}$')
);

COMMENT ON TABLE saltbitter.event_types IS
'What kinds of events there are: an open list, which staff add to.
@row EventType
@rows 100';
COMMENT ON COLUMN saltbitter.event_types.event_type IS
'The kind.
@public';
COMMENT ON COLUMN saltbitter.event_types.description IS
'What is meant, for staff.
@public';

ALTER TABLE saltbitter.event_types ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.event_types FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.event_types
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.event_types
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_app ON saltbitter.event_types
FOR SELECT TO saltbitter_app USING (true);
CREATE POLICY select_worker ON saltbitter.event_types
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY select_analyst ON saltbitter.event_types
FOR SELECT TO saltbitter_analyst USING (true);
CREATE POLICY select_definer ON saltbitter.event_types
FOR SELECT TO saltbitter_definer USING (true);

GRANT SELECT ON saltbitter.event_types
TO saltbitter_app, saltbitter_worker, saltbitter_analyst, saltbitter_definer;

INSERT INTO saltbitter.event_types (event_type, description)
VALUES
    ('speed_dating', 'Many short talks.'),
    ('workshop', 'Something to learn together.'),
    ('ama', 'Somebody answers questions.')
ON CONFLICT DO NOTHING;

SELECT kernel.enable_audit('saltbitter.event_types');
