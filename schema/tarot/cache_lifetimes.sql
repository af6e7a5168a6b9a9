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
