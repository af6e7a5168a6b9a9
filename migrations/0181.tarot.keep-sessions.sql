-- Keep sessions, and say how long a cache may show what it has read.
-- depends: 0022.tarot.mask-tables 0040.kernel.create-consents
-- locks: none that anyone waits for; everything is new

CREATE TABLE tarot.cache_lifetimes (
    entry text NOT NULL,
    lifetime interval NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT cache_lifetimes_pkey PRIMARY KEY (entry),
    CONSTRAINT cache_lifetimes_entry_check CHECK (entry IN ('session', 'balance', 'reading')),
    CONSTRAINT cache_lifetimes_lifetime_check
        CHECK (lifetime BETWEEN interval '1 second' AND interval '1 day')
);

COMMENT ON TABLE tarot.cache_lifetimes IS
'How long a cache in front of the database may show what it has read: a program that keeps entries
asks here, and listens to tarot_cache_lifetimes.
@row CacheLifetime';
COMMENT ON COLUMN tarot.cache_lifetimes.entry IS
'What is kept: a session, a balance of credits, or a reading.
@public';
COMMENT ON COLUMN tarot.cache_lifetimes.lifetime IS
'From a second to a day.
@public';
COMMENT ON COLUMN tarot.cache_lifetimes.updated_at IS
'When the lifetime last changed.
@public';
COMMENT ON CONSTRAINT cache_lifetimes_lifetime_check ON tarot.cache_lifetimes IS
'@error CacheLifetimeOutOfRange An entry of a cache lives from a second to a day.';

ALTER TABLE tarot.cache_lifetimes ENABLE ROW LEVEL SECURITY;
ALTER TABLE tarot.cache_lifetimes FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.cache_lifetimes
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON tarot.cache_lifetimes
AS RESTRICTIVE FOR ALL TO strongroom_owner, tarot_app, tarot_worker, tarot_analyst, tarot_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_any ON tarot.cache_lifetimes
FOR SELECT TO tarot_app, tarot_worker, tarot_definer USING (true);
CREATE POLICY update_worker ON tarot.cache_lifetimes
FOR UPDATE TO tarot_worker USING (true) WITH CHECK (true);

GRANT SELECT ON tarot.cache_lifetimes TO tarot_app, tarot_worker, tarot_definer;
GRANT UPDATE (lifetime) ON tarot.cache_lifetimes TO tarot_worker;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON tarot.cache_lifetimes
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON tarot.cache_lifetimes IS
'updated_at is not for statements to set.';

INSERT INTO tarot.cache_lifetimes (entry, lifetime)
VALUES ('session', '1 hour'), ('balance', '5 minutes'), ('reading', '1 hour')
ON CONFLICT (entry) DO NOTHING;

-- Keyed by person and number; a token finds its row by the hash, before there is an identity.
CREATE TABLE tarot.sessions (
    user_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    token_hash bytea NOT NULL,
    context jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamptz NOT NULL,
    CONSTRAINT sessions_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES tarot.users (id) ON DELETE CASCADE,
    CONSTRAINT sessions_token_hash_key UNIQUE (token_hash),
    CONSTRAINT sessions_token_hash_length_check CHECK (octet_length(token_hash) = 32),
    CONSTRAINT sessions_context_check
        CHECK (jsonb_typeof(context) = 'object' AND octet_length(context::text) <= 8192),
    CONSTRAINT sessions_expires_at_check
        CHECK (expires_at > created_at AND expires_at <= created_at + interval '90 days')
);

-- For retention: what is over.
CREATE INDEX sessions_expires_at_idx ON tarot.sessions (expires_at);

COMMENT ON TABLE tarot.sessions IS
'Conversations of people with the bot that are going on, and what the program remembers in them.
Caches of sessions are filled from here.
@row BotSession
@rows 1M';
COMMENT ON COLUMN tarot.sessions.user_id IS
'Whose session it is.
@internal';
COMMENT ON COLUMN tarot.sessions.id IS
'Number of the session.
@internal';
COMMENT ON COLUMN tarot.sessions.token_hash IS
'SHA-256 of the token, which nobody keeps but who was given it.
@personal credential
@erase delete';
COMMENT ON COLUMN tarot.sessions.context IS
'What the program remembers of the conversation: an object of at most 8,192 bytes.
@personal content
@erase delete';
COMMENT ON COLUMN tarot.sessions.created_at IS
'When it was opened.
@personal activity
@erase delete';
COMMENT ON COLUMN tarot.sessions.updated_at IS
'When its context last changed.
@personal activity
@erase delete';
COMMENT ON COLUMN tarot.sessions.expires_at IS
'From when on the token opens nothing; at most 90 days after it was opened.
@internal';
COMMENT ON CONSTRAINT sessions_context_check ON tarot.sessions IS
'@error SessionContextInvalid The context of a session is an object of at most 8,192 bytes.';
COMMENT ON CONSTRAINT sessions_expires_at_check ON tarot.sessions IS
'@error SessionLifetimeOutOfRange A session lasts for more than nothing and at most 90 days.';

ALTER TABLE tarot.sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE tarot.sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.sessions
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON tarot.sessions
AS RESTRICTIVE FOR ALL TO strongroom_owner, tarot_app, tarot_worker, tarot_analyst, tarot_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON tarot.sessions
FOR SELECT TO tarot_app USING (user_id = kernel.user_bigint());
CREATE POLICY update_own ON tarot.sessions
FOR UPDATE TO tarot_app
USING (user_id = kernel.user_bigint()) WITH CHECK (user_id = kernel.user_bigint());
CREATE POLICY delete_own ON tarot.sessions
FOR DELETE TO tarot_app USING (user_id = kernel.user_bigint());
CREATE POLICY select_definer ON tarot.sessions
FOR SELECT TO tarot_definer USING (true);
CREATE POLICY insert_definer ON tarot.sessions
FOR INSERT TO tarot_definer WITH CHECK (true);

-- The hash is for the functions: who could read it could not use it, but needs it for nothing.
GRANT
    SELECT (user_id, id, context, created_at, updated_at, expires_at),
    UPDATE (context),
    DELETE
ON tarot.sessions TO tarot_app;
GRANT SELECT, INSERT (user_id, token_hash, expires_at) ON tarot.sessions TO tarot_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON tarot.sessions
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON tarot.sessions IS
'updated_at is not for statements to set.';

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for, reason
)
VALUES (
    'bot_sessions', 'tarot.sessions', 'delete', 'expires_at', '0',
    'A session that is over opens nothing any more.'
)
ON CONFLICT DO NOTHING;
