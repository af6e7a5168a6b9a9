-- The personalised bot: people, what they set, and who has which rights.
-- depends: 0027.kernel.replay-erasures
-- locks: none that anyone waits for; everything is new

CREATE SCHEMA IF NOT EXISTS persona;

COMMENT ON SCHEMA persona IS
'The personalised language-model bot: people and their settings, administrators and their rights,
cached answers, use by vendor, subscriptions.
@app';

GRANT USAGE ON SCHEMA persona TO persona_app, persona_worker, persona_analyst, persona_definer;

-- A function can only be given to a role that may create in its schema. No program's login can
-- become this role; the owner and the migrator can.
GRANT CREATE ON SCHEMA persona TO persona_definer;

CREATE DOMAIN persona.llm_vendor AS text
CONSTRAINT llm_vendor_check CHECK (VALUE IN ('yandex', 'openai', 'proxiapi'));

COMMENT ON DOMAIN persona.llm_vendor IS
'Who runs the language model: one list for every table.';

CREATE DOMAIN persona.currency AS text
CONSTRAINT currency_check CHECK (VALUE IN ('cny', 'rub'));

COMMENT ON DOMAIN persona.currency IS
'What prices are in: yuan or roubles.';

GRANT USAGE ON TYPE persona.llm_vendor, persona.currency
TO persona_app, persona_worker, persona_analyst, persona_definer;

CREATE TABLE persona.users (
    id bigint GENERATED ALWAYS AS IDENTITY,
    telegram_id bigint NOT NULL,
    username text,
    first_name text,
    last_name text,
    language_code text,
    is_admin boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_telegram_id_key UNIQUE (telegram_id),
    CONSTRAINT users_telegram_id_positive_check CHECK (telegram_id > 0),
    CONSTRAINT users_username_form_check CHECK (username ~ '^[A-Za-z0-9_]{1,64}$'),
    CONSTRAINT users_first_name_length_check CHECK (length(first_name) BETWEEN 1 AND 255),
    CONSTRAINT users_last_name_length_check CHECK (length(last_name) BETWEEN 1 AND 255),
    CONSTRAINT users_language_code_form_check
        CHECK (language_code ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$')
);

-- Not unique: a name that somebody gave up is another person's the next day.
CREATE INDEX users_username_idx ON persona.users (lower(username))
WHERE username IS NOT NULL;

COMMENT ON TABLE persona.users IS
'People who talked to the bot. Who is erased is deleted, with all that hangs on them.
@row User
@rows 1M';
COMMENT ON COLUMN persona.users.id IS
'Our own number of the person.
@internal
@subject';
COMMENT ON COLUMN persona.users.telegram_id IS
'The person''s number at Telegram.
@personal identifier
@erase delete';
COMMENT ON COLUMN persona.users.username IS
'Name at Telegram, without the @; many people have none. Never a key: names are given up and taken
by others.
@personal identifier
@erase delete';
COMMENT ON COLUMN persona.users.first_name IS
'First name at Telegram.
@personal identifier
@erase delete';
COMMENT ON COLUMN persona.users.last_name IS
'Last name at Telegram.
@personal identifier
@erase delete';
COMMENT ON COLUMN persona.users.language_code IS
'The language of the person''s Telegram, as ru or pt-BR.
@personal activity
@erase delete';
COMMENT ON COLUMN persona.users.is_admin IS
'Whether there is a row of persona.admin_users; the database keeps it, whatever a statement says.
@internal';
COMMENT ON COLUMN persona.users.created_at IS
'When the person first wrote.
@personal activity
@erase delete';
COMMENT ON COLUMN persona.users.updated_at IS
'When the row last changed.
@internal';
COMMENT ON CONSTRAINT users_telegram_id_positive_check ON persona.users IS
'@error TelegramIdInvalid A telegram id is a positive number.';
COMMENT ON CONSTRAINT users_username_form_check ON persona.users IS
'@error UsernameInvalid A username has 1 to 64 letters, digits and underscores, without the @.';
COMMENT ON CONSTRAINT users_first_name_length_check ON persona.users IS
'@error FirstNameLength A first name has 1 to 255 characters.';
COMMENT ON CONSTRAINT users_last_name_length_check ON persona.users IS
'@error LastNameLength A last name has 1 to 255 characters.';
COMMENT ON CONSTRAINT users_language_code_form_check ON persona.users IS
'@error LanguageCodeInvalid A language code looks like ru, or like pt-BR.';

ALTER TABLE persona.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE persona.users FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON persona.users
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON persona.users
AS RESTRICTIVE FOR ALL
TO strongroom_owner, persona_app, persona_worker, persona_analyst, persona_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON persona.users
FOR SELECT TO persona_app USING (id = kernel.user_bigint());
CREATE POLICY update_own ON persona.users
FOR UPDATE TO persona_app
USING (id = kernel.user_bigint()) WITH CHECK (id = kernel.user_bigint());
CREATE POLICY select_worker ON persona.users
FOR SELECT TO persona_worker USING (true);
CREATE POLICY select_definer ON persona.users
FOR SELECT TO persona_definer USING (true);
CREATE POLICY insert_definer ON persona.users
FOR INSERT TO persona_definer WITH CHECK (true);
CREATE POLICY update_definer ON persona.users
FOR UPDATE TO persona_definer USING (true) WITH CHECK (true);

GRANT SELECT, UPDATE (username, first_name, last_name, language_code) ON persona.users
TO persona_app;
-- To write to somebody, a job needs no name.
GRANT SELECT (id, telegram_id, language_code, created_at) ON persona.users TO persona_worker;
GRANT
    SELECT,
    INSERT (telegram_id, username, first_name, last_name, language_code),
    UPDATE (is_admin)
ON persona.users TO persona_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON persona.users
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON persona.users IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('persona.users');

-- For people who count, and may know nobody.
SELECT kernel.masked_view('persona.users');

CREATE TABLE persona.user_settings (
    id bigint GENERATED ALWAYS AS IDENTITY,
    user_id bigint NOT NULL,
    signature text NOT NULL DEFAULT '@annabbox',
    default_currency persona.currency NOT NULL DEFAULT 'cny',
    exchange_rate numeric(14, 4),
    exchange_rate_at timestamptz,
    preferences jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- One row a person, so the person is the key.
    CONSTRAINT user_settings_pkey PRIMARY KEY (user_id),
    CONSTRAINT user_settings_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES persona.users (id) ON DELETE CASCADE,
    CONSTRAINT user_settings_signature_length_check CHECK (length(signature) BETWEEN 1 AND 255),
    CONSTRAINT user_settings_exchange_rate_positive_check CHECK (exchange_rate > 0),
    CONSTRAINT user_settings_exchange_rate_currency_check
        CHECK (exchange_rate IS NULL OR default_currency = 'rub'),
    CONSTRAINT user_settings_exchange_rate_at_check
        CHECK ((exchange_rate IS NULL) = (exchange_rate_at IS NULL)),
    CONSTRAINT user_settings_preferences_check CHECK (jsonb_typeof(preferences) = 'object')
);

COMMENT ON TABLE persona.user_settings IS
'What each person has set: one row a person, made when the person is registered.
@row UserSettings
@rows 1M';
COMMENT ON COLUMN persona.user_settings.id IS
'Number of the row.
@internal';
COMMENT ON COLUMN persona.user_settings.user_id IS
'Whose settings.
@internal';
COMMENT ON COLUMN persona.user_settings.signature IS
'What the bot signs texts of the person with.
@personal content
@erase delete';
COMMENT ON COLUMN persona.user_settings.default_currency IS
'The currency that prices are shown in.
@personal activity
@erase delete
@mask keep';
COMMENT ON COLUMN persona.user_settings.exchange_rate IS
'Roubles for a yuan, as the person set it; only for roubles.
@personal payment
@erase delete';
COMMENT ON COLUMN persona.user_settings.exchange_rate_at IS
'When the person last set the rate; the database keeps it.
@personal activity
@erase delete';
COMMENT ON COLUMN persona.user_settings.preferences IS
'Room for later switches.
@personal content
@erase delete';
COMMENT ON COLUMN persona.user_settings.created_at IS
'When the row was made.
@personal activity
@erase delete';
COMMENT ON COLUMN persona.user_settings.updated_at IS
'When the row last changed.
@internal';
COMMENT ON CONSTRAINT user_settings_signature_length_check ON persona.user_settings IS
'@error SignatureLength A signature has 1 to 255 characters.';
COMMENT ON CONSTRAINT user_settings_exchange_rate_positive_check ON persona.user_settings IS
'@error ExchangeRateNotPositive An exchange rate is more than 0.';
COMMENT ON CONSTRAINT user_settings_exchange_rate_currency_check ON persona.user_settings IS
'@error ExchangeRateNotForRoubles Only people who count in roubles have an exchange rate.';
COMMENT ON CONSTRAINT user_settings_preferences_check ON persona.user_settings IS
'@error PreferencesNotAnObject Preferences are a JSON object.';

ALTER TABLE persona.user_settings ENABLE ROW LEVEL SECURITY;
ALTER TABLE persona.user_settings FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON persona.user_settings
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON persona.user_settings
AS RESTRICTIVE FOR ALL
TO strongroom_owner, persona_app, persona_worker, persona_analyst, persona_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON persona.user_settings
FOR SELECT TO persona_app USING (user_id = kernel.user_bigint());
CREATE POLICY update_own ON persona.user_settings
FOR UPDATE TO persona_app
USING (user_id = kernel.user_bigint()) WITH CHECK (user_id = kernel.user_bigint());
CREATE POLICY select_definer ON persona.user_settings
FOR SELECT TO persona_definer USING (true);
CREATE POLICY insert_definer ON persona.user_settings
FOR INSERT TO persona_definer WITH CHECK (true);
CREATE POLICY update_definer ON persona.user_settings
FOR UPDATE TO persona_definer USING (true) WITH CHECK (true);

GRANT SELECT, UPDATE (signature, default_currency, exchange_rate, preferences)
ON persona.user_settings TO persona_app;
GRANT
    SELECT,
    INSERT (user_id),
    UPDATE (signature, default_currency, exchange_rate)
ON persona.user_settings TO persona_definer;

CREATE TRIGGER t20_touch_updated_at
BEFORE UPDATE ON persona.user_settings
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t20_touch_updated_at ON persona.user_settings IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('persona.user_settings');

-- For people who count, and may know nobody.
SELECT kernel.masked_view('persona.user_settings');

CREATE TABLE persona.admin_users (
    id bigint GENERATED ALWAYS AS IDENTITY,
    user_id bigint NOT NULL,
    can_manage_keys boolean NOT NULL DEFAULT false,
    can_view_stats boolean NOT NULL DEFAULT true,
    can_manage_users boolean NOT NULL DEFAULT false,
    notes text,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- One row an administrator, so the person is the key.
    CONSTRAINT admin_users_pkey PRIMARY KEY (user_id),
    CONSTRAINT admin_users_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES persona.users (id) ON DELETE CASCADE,
    CONSTRAINT admin_users_notes_length_check CHECK (length(notes) BETWEEN 1 AND 2000)
);

COMMENT ON TABLE persona.admin_users IS
'Administrators and their rights: the one place that says who may do what. persona.require_right()
asks it, and nothing else does.
@row AdminUser
@rows 100';
COMMENT ON COLUMN persona.admin_users.id IS
'Number of the row.
@internal';
COMMENT ON COLUMN persona.admin_users.user_id IS
'Who.
@internal';
COMMENT ON COLUMN persona.admin_users.can_manage_keys IS
'May change the settings of the bot, the keys of vendors and the wording of the consent.
@internal';
COMMENT ON COLUMN persona.admin_users.can_view_stats IS
'May see figures of use.
@internal';
COMMENT ON COLUMN persona.admin_users.can_manage_users IS
'May see and change what belongs to other people, give rights, and read who did so.
@internal';
COMMENT ON COLUMN persona.admin_users.notes IS
'Why this person is an administrator.
@personal content
@erase delete';
COMMENT ON COLUMN persona.admin_users.created_at IS
'Since when.
@personal activity
@erase delete';
COMMENT ON COLUMN persona.admin_users.updated_at IS
'When the rights last changed.
@internal';
COMMENT ON CONSTRAINT admin_users_notes_length_check ON persona.admin_users IS
'@error NotesLength Notes have 1 to 2,000 characters.';

ALTER TABLE persona.admin_users ENABLE ROW LEVEL SECURITY;
ALTER TABLE persona.admin_users FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON persona.admin_users
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON persona.admin_users
AS RESTRICTIVE FOR ALL
TO strongroom_owner, persona_app, persona_worker, persona_analyst, persona_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON persona.admin_users
FOR SELECT TO persona_app USING (user_id = kernel.user_bigint());
CREATE POLICY all_definer ON persona.admin_users
FOR ALL TO persona_definer USING (true) WITH CHECK (true);

-- Each sees the own rights, to show what the own menu has; notes are for those who give them.
GRANT SELECT (user_id, can_manage_keys, can_view_stats, can_manage_users)
ON persona.admin_users TO persona_app;
GRANT
    SELECT,
    INSERT (user_id, can_manage_keys, can_view_stats, can_manage_users, notes),
    UPDATE (can_manage_keys, can_view_stats, can_manage_users, notes),
    DELETE
ON persona.admin_users TO persona_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON persona.admin_users
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON persona.admin_users IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('persona.admin_users');
