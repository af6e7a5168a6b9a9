-- A row of nobody counts for the bot itself, so a person can't be a part of the key.
CREATE TABLE persona.usage_days (
    id bigint GENERATED ALWAYS AS IDENTITY,
    user_id bigint,
    vendor persona.llm_vendor NOT NULL,
    day date NOT NULL,
    requests bigint NOT NULL DEFAULT 0,
    tokens bigint NOT NULL DEFAULT 0,
    CONSTRAINT usage_days_pkey PRIMARY KEY (id),
    CONSTRAINT usage_days_user_id_vendor_day_key UNIQUE NULLS NOT DISTINCT (user_id, vendor, day),
    CONSTRAINT usage_days_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES persona.users (id) ON DELETE CASCADE,
    CONSTRAINT usage_days_requests_check CHECK (requests >= 0),
    CONSTRAINT usage_days_tokens_check CHECK (tokens >= 0)
)
-- Room on each page for the next figures of its rows, so that updates touch no index.
WITH (fillfactor = 70);

CREATE INDEX usage_days_day_idx ON persona.usage_days (day);

COMMENT ON TABLE persona.usage_days IS
'The figures of persona.usage_stats by day in UTC.
@row UsageDay
@rows 10M';
COMMENT ON COLUMN persona.usage_days.id IS
'Number of the row.
@internal';
COMMENT ON COLUMN persona.usage_days.user_id IS
'Who asked; NULL for the bot itself, of which there is one row a vendor and day.
@internal';
COMMENT ON COLUMN persona.usage_days.vendor IS
'Who was asked.
@personal activity
@erase delete
@mask keep';
COMMENT ON COLUMN persona.usage_days.day IS
'When, in UTC.
@personal activity
@erase delete';
COMMENT ON COLUMN persona.usage_days.requests IS
'How many requests.
@personal activity
@erase delete';
COMMENT ON COLUMN persona.usage_days.tokens IS
'How many tokens they took, where the vendor says so.
@personal activity
@erase delete';

ALTER TABLE persona.usage_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE persona.usage_days FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON persona.usage_days
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON persona.usage_days
AS RESTRICTIVE FOR ALL
TO strongroom_owner, persona_app, persona_worker, persona_analyst, persona_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON persona.usage_days
FOR SELECT TO persona_app USING (user_id = kernel.user_bigint());
CREATE POLICY select_definer ON persona.usage_days
FOR SELECT TO persona_definer USING (true);
CREATE POLICY insert_definer ON persona.usage_days
FOR INSERT TO persona_definer WITH CHECK (true);
CREATE POLICY update_definer ON persona.usage_days
FOR UPDATE TO persona_definer USING (true) WITH CHECK (true);

GRANT SELECT ON persona.usage_days TO persona_app;
GRANT
    SELECT,
    INSERT (user_id, vendor, day, requests, tokens),
    UPDATE (requests, tokens)
ON persona.usage_days TO persona_definer;

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for, reason
)
VALUES (
    'usage_days', 'persona.usage_days', 'delete', 'day', '13 months',
    'A year can be compared with the one before; totals are in usage_stats.'
)
ON CONFLICT DO NOTHING;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('persona.usage_days');
