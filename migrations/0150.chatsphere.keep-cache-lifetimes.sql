-- Say how long caches may show what they have read; changes of bots and accounts are announced.
-- depends: 0146.chatsphere.index-bot-names
-- requires: extension vector pg_trgm btree_gin
-- locks: none that anyone waits for; everything is new

CREATE TABLE chatsphere.cache_lifetimes (
    entry text NOT NULL,
    lifetime interval NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT cache_lifetimes_pkey PRIMARY KEY (entry),
    CONSTRAINT cache_lifetimes_entry_check CHECK (
        entry IN (
            'chatbot_config', 'user_profile', 'session_data', 'api_response', 'analytics_dashboard'
        )
    ),
    CONSTRAINT cache_lifetimes_lifetime_check
        CHECK (lifetime BETWEEN interval '1 second' AND interval '1 day')
);

COMMENT ON TABLE chatsphere.cache_lifetimes IS
'How long a cache in front of the database may show what it has read: a program that keeps entries
asks here, and listens to chatsphere_stale.
@row CacheLifetime';
COMMENT ON COLUMN chatsphere.cache_lifetimes.entry IS
'What is kept: settings of a bot, a profile, a conversation, an answer of the API, or figures.
@public';
COMMENT ON COLUMN chatsphere.cache_lifetimes.lifetime IS
'From a second to a day.
@public';
COMMENT ON COLUMN chatsphere.cache_lifetimes.updated_at IS
'When the lifetime last changed.
@public';
COMMENT ON CONSTRAINT cache_lifetimes_lifetime_check ON chatsphere.cache_lifetimes IS
'@error CacheLifetimeOutOfRange An entry of a cache lives from a second to a day.';

ALTER TABLE chatsphere.cache_lifetimes ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.cache_lifetimes FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.cache_lifetimes
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.cache_lifetimes
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_any ON chatsphere.cache_lifetimes
FOR SELECT TO chatsphere_app, chatsphere_worker, chatsphere_definer USING (true);
CREATE POLICY update_worker ON chatsphere.cache_lifetimes
FOR UPDATE TO chatsphere_worker USING (true) WITH CHECK (true);

GRANT SELECT ON chatsphere.cache_lifetimes TO chatsphere_app, chatsphere_worker, chatsphere_definer;
GRANT UPDATE (lifetime) ON chatsphere.cache_lifetimes TO chatsphere_worker;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON chatsphere.cache_lifetimes
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON chatsphere.cache_lifetimes IS
'updated_at is not for statements to set.';

INSERT INTO chatsphere.cache_lifetimes (entry, lifetime)
VALUES
    ('chatbot_config', '3600 seconds'), ('user_profile', '1800 seconds'),
    ('session_data', '7200 seconds'), ('api_response', '300 seconds'),
    ('analytics_dashboard', '600 seconds')
ON CONFLICT (entry) DO NOTHING;
