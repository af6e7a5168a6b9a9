CREATE TABLE chatsphere.usage_periods (
    user_id uuid NOT NULL,
    usage_period text NOT NULL,
    period_start timestamptz NOT NULL,
    used integer NOT NULL,
    CONSTRAINT usage_periods_pkey PRIMARY KEY (user_id, usage_period, period_start),
    -- Usage is what a bill is made of, and outlives the person.
    CONSTRAINT usage_periods_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES chatsphere.users (id) ON DELETE RESTRICT,
    CONSTRAINT usage_periods_usage_period_check CHECK (usage_period IN ('day', 'month')),
    CONSTRAINT usage_periods_period_start_check
        CHECK (period_start = date_trunc(usage_period, period_start, 'UTC')),
    CONSTRAINT usage_periods_used_check CHECK (used BETWEEN 0 AND 1000000000)
)
-- Room on each page for the next count of its rows, so that updates touch no index.
WITH (fillfactor = 50);

-- For retention.
CREATE INDEX usage_periods_period_start_idx ON chatsphere.usage_periods (period_start);

COMMENT ON TABLE chatsphere.usage_periods IS
'Calls of each account in each period; chatsphere.take_usage() counts, and refuses what would pass
the limit.
@row UsagePeriod
@rows 1M';
COMMENT ON COLUMN chatsphere.usage_periods.user_id IS
'Whose calls.
@internal';
COMMENT ON COLUMN chatsphere.usage_periods.usage_period IS
'Whether the period is a day or a month.
@internal';
COMMENT ON COLUMN chatsphere.usage_periods.period_start IS
'When it begins, in UTC.
@internal';
COMMENT ON COLUMN chatsphere.usage_periods.used IS
'Calls so far.
@internal';

ALTER TABLE chatsphere.usage_periods ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.usage_periods FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.usage_periods
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.usage_periods
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.usage_periods
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON chatsphere.usage_periods
FOR SELECT TO chatsphere_worker USING (true);
CREATE POLICY select_definer ON chatsphere.usage_periods
FOR SELECT TO chatsphere_definer USING (true);
CREATE POLICY insert_definer ON chatsphere.usage_periods
FOR INSERT TO chatsphere_definer WITH CHECK (true);
CREATE POLICY update_definer ON chatsphere.usage_periods
FOR UPDATE TO chatsphere_definer USING (true) WITH CHECK (true);

GRANT SELECT ON chatsphere.usage_periods TO chatsphere_app, chatsphere_worker;
GRANT SELECT, INSERT, UPDATE (used) ON chatsphere.usage_periods TO chatsphere_definer;

INSERT INTO kernel.retention_policy (name, relation, action, time_expression, keep_for, reason)
VALUES (
    'chatsphere_usage_periods', 'chatsphere.usage_periods', 'delete', 'period_start', '3 years',
    'A bill is disputed within three years.'
)
ON CONFLICT DO NOTHING;
