CREATE TABLE chatsphere.training_sources (
    user_id uuid NOT NULL,
    chatbot_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    source_type text NOT NULL,
    content text NOT NULL,
    metadata jsonb NOT NULL DEFAULT '{}',
    status text NOT NULL DEFAULT 'pending',
    processed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    content_hash bytea NOT NULL,
    error_message text,
    -- The bot is in the key, so that what refers to a source can't name another bot.
    CONSTRAINT training_sources_pkey PRIMARY KEY (user_id, chatbot_id, id),
    -- The same text is learned once.
    CONSTRAINT training_sources_content_hash_key UNIQUE (user_id, chatbot_id, content_hash),
    CONSTRAINT training_sources_chatbot_id_fkey FOREIGN KEY (user_id, chatbot_id)
        REFERENCES chatsphere.chatbots (user_id, id) ON DELETE CASCADE,
    CONSTRAINT training_sources_source_type_check
        CHECK (source_type IN ('text', 'file', 'url', 'faq')),
    CONSTRAINT training_sources_content_length_check CHECK (length(content) BETWEEN 1 AND 5000000),
    CONSTRAINT training_sources_metadata_check CHECK (
        jsonb_typeof(metadata) = 'object' AND length(metadata::text) <= 20000
    ),
    CONSTRAINT training_sources_status_check CHECK (status IN ('pending', 'completed', 'failed')),
    CONSTRAINT training_sources_processed_at_check
        CHECK ((status = 'pending') = (processed_at IS NULL)),
    CONSTRAINT training_sources_content_hash_check CHECK (octet_length(content_hash) = 32),
    CONSTRAINT training_sources_error_message_check CHECK (
        length(error_message) BETWEEN 1 AND 2000
    )
)
-- Texts lie apart, so that a change of state does not copy them.
WITH (toast_tuple_target = 128);

CREATE INDEX training_sources_created_at_idx
ON chatsphere.training_sources (user_id, chatbot_id, created_at, id);

-- Dead letters, for support.
CREATE INDEX training_sources_failed_idx
ON chatsphere.training_sources (updated_at, user_id, chatbot_id, id)
WHERE status = 'failed';

COMMENT ON TABLE chatsphere.training_sources IS
'What bots learn from. A pending source has a row in chatsphere.training_jobs, from which workers
take it; a failed one was tried as often as is sensible.
@row TrainingSource
@rows 10M';
COMMENT ON COLUMN chatsphere.training_sources.user_id IS
'Whose source it is.
@internal';
COMMENT ON COLUMN chatsphere.training_sources.chatbot_id IS
'The bot that learns from it.
@internal';
COMMENT ON COLUMN chatsphere.training_sources.id IS
'Key of the source.
@internal';
COMMENT ON COLUMN chatsphere.training_sources.source_type IS
'text: typed in. file: the text of a file. url: an address to read. faq: questions and answers.
@internal';
COMMENT ON COLUMN chatsphere.training_sources.content IS
'The text, or the address.
@personal content
@erase delete';
COMMENT ON COLUMN chatsphere.training_sources.metadata IS
'What the owner wants to remember of it: an object.
@personal content
@erase delete';
COMMENT ON COLUMN chatsphere.training_sources.status IS
'pending: waits for a worker or is with one. completed: learned. failed: given up, and
error_message says why.
@internal';
COMMENT ON COLUMN chatsphere.training_sources.processed_at IS
'When it was learned or given up; NULL while it is pending.
@internal';
COMMENT ON COLUMN chatsphere.training_sources.created_at IS
'When it was added.
@internal';
COMMENT ON COLUMN chatsphere.training_sources.updated_at IS
'When the row last changed.
@internal';
COMMENT ON COLUMN chatsphere.training_sources.content_hash IS
'SHA-256 of the content.
@personal content
@erase delete';
COMMENT ON COLUMN chatsphere.training_sources.error_message IS
'Why the last attempt failed; for people who look after bots, without personal data.
@internal';
COMMENT ON CONSTRAINT training_sources_content_hash_key ON chatsphere.training_sources IS
'@error SourceKnown The bot has a source with this content.';
COMMENT ON CONSTRAINT training_sources_content_length_check ON chatsphere.training_sources IS
'@error SourceLength A source has 1 to 5,000,000 characters.';
COMMENT ON CONSTRAINT training_sources_metadata_check ON chatsphere.training_sources IS
'@error SourceMetadataInvalid What is said of a source is an object of at most 20,000 characters.';

ALTER TABLE chatsphere.training_sources ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.training_sources FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.training_sources
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.training_sources
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.training_sources
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY delete_own ON chatsphere.training_sources
FOR DELETE TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON chatsphere.training_sources
FOR SELECT TO chatsphere_worker USING (true);
CREATE POLICY select_definer ON chatsphere.training_sources
FOR SELECT TO chatsphere_definer USING (true);
CREATE POLICY insert_definer ON chatsphere.training_sources
FOR INSERT TO chatsphere_definer WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY update_definer ON chatsphere.training_sources
FOR UPDATE TO chatsphere_definer USING (true) WITH CHECK (true);

GRANT SELECT, DELETE ON chatsphere.training_sources TO chatsphere_app;
GRANT SELECT ON chatsphere.training_sources TO chatsphere_worker;
GRANT
    SELECT,
    INSERT (user_id, chatbot_id, source_type, content, metadata, content_hash),
    UPDATE (status, processed_at, error_message)
ON chatsphere.training_sources TO chatsphere_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON chatsphere.training_sources
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON chatsphere.training_sources IS
'updated_at is not for statements to set.';
