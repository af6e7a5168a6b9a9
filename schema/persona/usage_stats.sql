-- A row of nobody counts for the bot itself, so a person can't be a part of the key.
CREATE TABLE persona.usage_stats (
    id bigint GENERATED ALWAYS AS IDENTITY,
    user_id bigint,
    vendor persona.llm_vendor NOT NULL,
    total_requests bigint NOT NULL DEFAULT 0,
    total_tokens bigint NOT NULL DEFAULT 0,
    last_request_at timestamptz,
    CONSTRAINT usage_stats_pkey PRIMARY KEY (id),
    CONSTRAINT usage_stats_user_id_vendor_key UNIQUE NULLS NOT DISTINCT (user_id, vendor),
    CONSTRAINT usage_stats_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES persona.users (id) ON DELETE CASCADE,
    CONSTRAINT usage_stats_total_requests_check CHECK (total_requests >= 0),
    CONSTRAINT usage_stats_total_tokens_check CHECK (total_tokens >= 0)
)
-- Room on each page for the next figures of its rows, so that updates touch no index.
WITH (fillfactor = 70);

COMMENT ON TABLE persona.usage_stats IS
'How often each person had each vendor asked, and what it took, ever; in the row of nobody, what the
bot did by itself, and what erased people did. All rows of a vendor add up to all that was asked of it.
@row UsageStats
@rows 1M';
COMMENT ON COLUMN persona.usage_stats.id IS
'Number of the row.
@internal';
COMMENT ON COLUMN persona.usage_stats.user_id IS
'Who asked; NULL for the bot itself, of which there is one row a vendor.
@internal';
COMMENT ON COLUMN persona.usage_stats.vendor IS
'Who was asked.
@personal activity
@erase delete
@mask keep';
COMMENT ON COLUMN persona.usage_stats.total_requests IS
'How many requests.
@personal activity
@erase delete';
COMMENT ON COLUMN persona.usage_stats.total_tokens IS
'How many tokens they took, where the vendor says so.
@personal activity
@erase delete';
COMMENT ON COLUMN persona.usage_stats.last_request_at IS
'When the last one was.
@personal activity
@erase delete';

ALTER TABLE persona.usage_stats ENABLE ROW LEVEL SECURITY;
ALTER TABLE persona.usage_stats FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON persona.usage_stats
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON persona.usage_stats
AS RESTRICTIVE FOR ALL
TO strongroom_owner, persona_app, persona_worker, persona_analyst, persona_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON persona.usage_stats
FOR SELECT TO persona_app USING (user_id = kernel.user_bigint());
CREATE POLICY select_definer ON persona.usage_stats
FOR SELECT TO persona_definer USING (true);
CREATE POLICY insert_definer ON persona.usage_stats
FOR INSERT TO persona_definer WITH CHECK (true);
CREATE POLICY update_definer ON persona.usage_stats
FOR UPDATE TO persona_definer USING (true) WITH CHECK (true);

GRANT SELECT ON persona.usage_stats TO persona_app;
GRANT
    SELECT,
    INSERT (user_id, vendor, total_requests, total_tokens, last_request_at),
    UPDATE (total_requests, total_tokens, last_request_at)
ON persona.usage_stats TO persona_definer;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('persona.usage_stats');
