CREATE TABLE saltbitter.messages (
    match_id uuid NOT NULL,
    id uuid NOT NULL,
    from_user_id uuid NOT NULL,
    to_user_id uuid NOT NULL,
    content kernel.sealed NOT NULL,
    read_at timestamptz,
    sent_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT messages_pkey PRIMARY KEY (match_id, id),
    CONSTRAINT messages_match_id_fkey FOREIGN KEY (match_id)
        REFERENCES saltbitter.matches (id) ON DELETE CASCADE,
    -- Whose a message is follows from its pair, so these two don't take it along.
    CONSTRAINT messages_from_user_id_fkey FOREIGN KEY (from_user_id)
        REFERENCES saltbitter.users (id) ON DELETE RESTRICT,
    CONSTRAINT messages_to_user_id_fkey FOREIGN KEY (to_user_id)
        REFERENCES saltbitter.users (id) ON DELETE RESTRICT,
    CONSTRAINT messages_different_users_check CHECK (from_user_id <> to_user_id),
    CONSTRAINT messages_content_length_check CHECK (octet_length(content) <= 16384),
    CONSTRAINT messages_read_at_check
        CHECK (read_at >= sent_at AND read_at < timestamptz '9999-01-01 00:00:00+00')
);

CREATE INDEX messages_from_user_id_idx ON saltbitter.messages (from_user_id, sent_at);

CREATE INDEX messages_to_user_id_idx ON saltbitter.messages (to_user_id, sent_at);

CREATE INDEX messages_unread_idx ON saltbitter.messages (to_user_id, match_id)
WHERE read_at IS NULL;

CREATE INDEX messages_sent_at_idx ON saltbitter.messages (sent_at);

COMMENT ON TABLE saltbitter.messages IS
'What matched people write to each other. Keyed by the pair and the order of writing; a message
belongs to both, so it goes with the first of them, as the pair does. Sealed under the app''s own
key, for both read it.
@row Message
@rows 50M';
COMMENT ON COLUMN saltbitter.messages.match_id IS
'The pair.
@internal';
COMMENT ON COLUMN saltbitter.messages.id IS
'The message; made by the client, of version 7, so that ids rise with time.
@internal';
COMMENT ON COLUMN saltbitter.messages.from_user_id IS
'Who wrote it.
@internal';
COMMENT ON COLUMN saltbitter.messages.to_user_id IS
'Whom; the other one of the pair.
@internal';
COMMENT ON COLUMN saltbitter.messages.content IS
'What was written.
@personal content
@erase delete
@sealed text message_content messages pad 64';
COMMENT ON COLUMN saltbitter.messages.read_at IS
'When it was read; NULL until then.
@personal activity
@erase delete';
COMMENT ON COLUMN saltbitter.messages.sent_at IS
'When it was sent.
@personal activity
@erase delete';
COMMENT ON CONSTRAINT messages_content_length_check ON saltbitter.messages IS
'@error MessageLength A message has at most some 16,000 bytes.';

ALTER TABLE saltbitter.messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.messages FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.messages
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.messages
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_sent ON saltbitter.messages
FOR SELECT TO saltbitter_app USING (from_user_id = kernel.user_uuid());
CREATE POLICY select_received ON saltbitter.messages
FOR SELECT TO saltbitter_app USING (to_user_id = kernel.user_uuid());
CREATE POLICY insert_sent ON saltbitter.messages
FOR INSERT TO saltbitter_app WITH CHECK (from_user_id = kernel.user_uuid());
CREATE POLICY update_received ON saltbitter.messages
FOR UPDATE TO saltbitter_app
USING (to_user_id = kernel.user_uuid())
WITH CHECK (to_user_id = kernel.user_uuid());

GRANT SELECT, INSERT (match_id, id, from_user_id, content), UPDATE (read_at) ON saltbitter.messages
TO saltbitter_app;

-- Every value is sealed, by a key of this app that is in force.
SELECT kernel.guard_sealed('saltbitter.messages');

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for, reason
)
VALUES (
    'saltbitter_messages', 'saltbitter.messages', 'delete', 'sent_at', '2 years',
    'What two people wrote to each other is not needed once it is old.'
)
ON CONFLICT DO NOTHING;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.messages');
