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

-- For support, who are told a part of a name.
CREATE INDEX chatbots_name_idx ON chatsphere.chatbots USING gin (name extensions.gin_trgm_ops);

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
