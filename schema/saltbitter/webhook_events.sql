CREATE TABLE saltbitter.webhook_events (
    event_id text NOT NULL,
    kind text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT webhook_events_pkey PRIMARY KEY (event_id),
    CONSTRAINT webhook_events_event_id_length_check
        CHECK (length(event_id) BETWEEN 1 AND 255)
);

CREATE INDEX webhook_events_received_at_idx ON saltbitter.webhook_events (received_at);

COMMENT ON TABLE saltbitter.webhook_events IS
'What the payment provider told, by its own number, so that telling it twice does it once. Belongs
to nobody.
@row WebhookEvent
@rows 1M';
COMMENT ON COLUMN saltbitter.webhook_events.event_id IS
'What the provider calls the message.
@internal';
COMMENT ON COLUMN saltbitter.webhook_events.kind IS
'Which function took it.
@internal';
COMMENT ON COLUMN saltbitter.webhook_events.received_at IS
'When.
@internal';
COMMENT ON CONSTRAINT webhook_events_event_id_length_check ON saltbitter.webhook_events IS
'@error WebhookIdLength The number of a message has 1 to 255 characters.';

ALTER TABLE saltbitter.webhook_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.webhook_events FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.webhook_events
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.webhook_events
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_worker ON saltbitter.webhook_events
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY select_definer ON saltbitter.webhook_events
FOR SELECT TO saltbitter_definer USING (true);
CREATE POLICY insert_definer ON saltbitter.webhook_events
FOR INSERT TO saltbitter_definer WITH CHECK (true);

GRANT SELECT ON saltbitter.webhook_events TO saltbitter_worker;
GRANT SELECT, INSERT (event_id, kind) ON saltbitter.webhook_events TO saltbitter_definer;

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for, reason
)
VALUES (
    'saltbitter_webhook_events', 'saltbitter.webhook_events', 'delete', 'received_at', '90 days',
    'A provider repeats a message for days, not for months.'
)
ON CONFLICT DO NOTHING;
