-- Bots, what they learn from, and the queue of it.
-- depends: 0141.chatsphere.create-accounts
-- locks: SHARE ROW EXCLUSIVE on chatsphere.users, for an instant: a foreign key

CREATE TABLE chatsphere.chatbots (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    name text NOT NULL,
    description text,
    language text NOT NULL DEFAULT 'en',
    model_config jsonb NOT NULL DEFAULT '{}',
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT chatbots_pkey PRIMARY KEY (user_id, id),
    -- Across all accounts: a visitor of a page knows the bot and not whose it is.
    CONSTRAINT chatbots_id_key UNIQUE (id),
    CONSTRAINT chatbots_user_id_name_key UNIQUE (user_id, name),
    -- Bots go with the person.
    CONSTRAINT chatbots_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES chatsphere.users (id) ON DELETE CASCADE,
    CONSTRAINT chatbots_name_length_check CHECK (length(name) BETWEEN 1 AND 200),
    CONSTRAINT chatbots_description_length_check CHECK (length(description) BETWEEN 1 AND 10000),
    CONSTRAINT chatbots_language_check CHECK (language ~ '^[a-z]{2,3}(-[A-Z]{2})?$'),
    CONSTRAINT chatbots_model_config_check CHECK (
        jsonb_typeof(model_config) = 'object' AND length(model_config::text) <= 20000
    )
);

COMMENT ON TABLE chatsphere.chatbots IS
'Bots that accounts build. chatsphere.create_chatbot() makes them, as many as the plan allows.
@row Chatbot
@rows 1M';
COMMENT ON COLUMN chatsphere.chatbots.user_id IS
'Whose bot it is.
@internal';
COMMENT ON COLUMN chatsphere.chatbots.id IS
'Key of the bot, random: pages that show it carry it.
@internal';
COMMENT ON COLUMN chatsphere.chatbots.name IS
'What the bot is called, once in an account.
@personal content
@erase delete';
COMMENT ON COLUMN chatsphere.chatbots.description IS
'What it is for.
@personal content
@erase delete';
COMMENT ON COLUMN chatsphere.chatbots.language IS
'Language that it speaks, as BCP 47 writes it: en, pt-BR.
@internal';
COMMENT ON COLUMN chatsphere.chatbots.model_config IS
'Settings of its language model; an object, which may hold instructions.
@personal content
@erase delete
@mask shape';
COMMENT ON COLUMN chatsphere.chatbots.is_active IS
'Whether visitors may talk to it.
@internal';
COMMENT ON COLUMN chatsphere.chatbots.created_at IS
'When it was made.
@internal';
COMMENT ON COLUMN chatsphere.chatbots.updated_at IS
'When the row last changed.
@internal';
COMMENT ON CONSTRAINT chatbots_user_id_name_key ON chatsphere.chatbots IS
'@error ChatbotNameTaken The account has a bot of this name.';
COMMENT ON CONSTRAINT chatbots_name_length_check ON chatsphere.chatbots IS
'@error ChatbotNameLength The name of a bot has 1 to 200 characters.';
COMMENT ON CONSTRAINT chatbots_description_length_check ON chatsphere.chatbots IS
'@error ChatbotDescriptionLength A description has 1 to 10,000 characters.';
COMMENT ON CONSTRAINT chatbots_language_check ON chatsphere.chatbots IS
'@error LanguageInvalid A language is written like en or pt-BR.';
COMMENT ON CONSTRAINT chatbots_model_config_check ON chatsphere.chatbots IS
'@error ModelConfigInvalid The settings of a model are an object of at most 20,000 characters.';

ALTER TABLE chatsphere.chatbots ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.chatbots FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.chatbots
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.chatbots
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.chatbots
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY update_own ON chatsphere.chatbots
FOR UPDATE TO chatsphere_app
USING (user_id = kernel.user_uuid()) WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY delete_own ON chatsphere.chatbots
FOR DELETE TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON chatsphere.chatbots
FOR SELECT TO chatsphere_worker USING (true);
CREATE POLICY select_definer ON chatsphere.chatbots
FOR SELECT TO chatsphere_definer USING (true);
CREATE POLICY insert_definer ON chatsphere.chatbots
FOR INSERT TO chatsphere_definer WITH CHECK (user_id = kernel.user_uuid());

GRANT SELECT, UPDATE (name, description, language, model_config, is_active), DELETE
ON chatsphere.chatbots TO chatsphere_app;
GRANT SELECT ON chatsphere.chatbots TO chatsphere_worker;
GRANT SELECT, INSERT (user_id, name, description, language, model_config)
ON chatsphere.chatbots TO chatsphere_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON chatsphere.chatbots
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON chatsphere.chatbots IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('chatsphere.chatbots');

-- For people who count, and may know nobody.
SELECT kernel.masked_view('chatsphere.chatbots');

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

CREATE TABLE chatsphere.training_jobs (
    user_id uuid NOT NULL,
    chatbot_id uuid NOT NULL,
    source_id uuid NOT NULL,
    available_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    attempts integer NOT NULL DEFAULT 0,
    lease_id uuid,
    CONSTRAINT training_jobs_pkey PRIMARY KEY (user_id, chatbot_id, source_id),
    CONSTRAINT training_jobs_source_id_fkey FOREIGN KEY (user_id, chatbot_id, source_id)
        REFERENCES chatsphere.training_sources (user_id, chatbot_id, id) ON DELETE CASCADE,
    CONSTRAINT training_jobs_attempts_check CHECK (attempts BETWEEN 0 AND 100)
)
-- Rows come and go: what they leave is to be taken up soon.
WITH (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_cost_delay = 0
);

CREATE INDEX training_jobs_available_at_idx ON chatsphere.training_jobs (available_at);

COMMENT ON TABLE chatsphere.training_jobs IS
'The queue of pending sources. Whoever takes a job moves available_at ahead by the lease: if
nothing is heard until then, somebody else takes it. Narrow, for each claim writes a row anew.
@row TrainingJob
@rows 1M';
COMMENT ON COLUMN chatsphere.training_jobs.user_id IS
'Whose source it is.
@internal';
COMMENT ON COLUMN chatsphere.training_jobs.chatbot_id IS
'The bot that learns from it.
@internal';
COMMENT ON COLUMN chatsphere.training_jobs.source_id IS
'The source.
@internal';
COMMENT ON COLUMN chatsphere.training_jobs.available_at IS
'From when on a worker may take it: the end of the lease, or of the pause after a failure.
@internal';
COMMENT ON COLUMN chatsphere.training_jobs.attempts IS
'How often it was taken.
@internal';
COMMENT ON COLUMN chatsphere.training_jobs.lease_id IS
'What the worker shows who has it: a new one each time; NULL when nobody has it.
@internal';

ALTER TABLE chatsphere.training_jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.training_jobs FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.training_jobs
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.training_jobs
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.training_jobs
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON chatsphere.training_jobs
FOR SELECT TO chatsphere_worker USING (true);
CREATE POLICY all_definer ON chatsphere.training_jobs
FOR ALL TO chatsphere_definer USING (true) WITH CHECK (true);

GRANT SELECT (user_id, chatbot_id, source_id, available_at, attempts)
ON chatsphere.training_jobs TO chatsphere_app, chatsphere_worker;
GRANT
    SELECT,
    INSERT (user_id, chatbot_id, source_id),
    UPDATE (available_at, attempts, lease_id),
    DELETE
ON chatsphere.training_jobs TO chatsphere_definer;

INSERT INTO kernel.job (name, function_name, schedule)
VALUES ('chatsphere_bury_sources', 'chatsphere.bury_sources()', '1 minute')
ON CONFLICT DO NOTHING;
