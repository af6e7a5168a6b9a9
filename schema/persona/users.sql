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
