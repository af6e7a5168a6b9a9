-- The key holds the moment, by which the table is partitioned.
CREATE TABLE chatsphere.analytics_usage (
    user_id uuid NOT NULL,
    chatbot_id uuid,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    metric_type text NOT NULL,
    value bigint NOT NULL,
    "timestamp" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT analytics_usage_pkey PRIMARY KEY (user_id, "timestamp", id),
    -- What was measured outlives the bot, without its name.
    CONSTRAINT analytics_usage_chatbot_id_fkey FOREIGN KEY (user_id, chatbot_id)
        REFERENCES chatsphere.chatbots (user_id, id) ON DELETE SET NULL (chatbot_id),
    CONSTRAINT analytics_usage_metric_type_check CHECK (metric_type ~ '^[a-z][a-z0-9_]{0,49}$'),
    CONSTRAINT analytics_usage_value_check CHECK (value >= 0)
) PARTITION BY RANGE ("timestamp");

CREATE INDEX analytics_usage_chatbot_id_timestamp_idx
ON chatsphere.analytics_usage (user_id, chatbot_id, "timestamp", id);

COMMENT ON TABLE chatsphere.analytics_usage IS
'Whole numbers that are measured of bots: questions without an answer, thumbs up, searches.
@row AnalyticsUsage
@rows 10M';
COMMENT ON COLUMN chatsphere.analytics_usage.user_id IS
'Whose bot it is.
@internal';
COMMENT ON COLUMN chatsphere.analytics_usage.chatbot_id IS
'The bot; NULL once it is deleted.
@internal';
COMMENT ON COLUMN chatsphere.analytics_usage.id IS
'Key of the figure, rising with time.
@internal';
COMMENT ON COLUMN chatsphere.analytics_usage.metric_type IS
'What is counted: a word.
@internal';
COMMENT ON COLUMN chatsphere.analytics_usage.value IS
'How many.
@internal';
COMMENT ON COLUMN chatsphere.analytics_usage."timestamp" IS
'When it was measured.
@internal';
COMMENT ON CONSTRAINT analytics_usage_metric_type_check ON chatsphere.analytics_usage IS
'@error MetricTypeInvalid What is counted is a word of small letters, digits and underscores.';

ALTER TABLE chatsphere.analytics_usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.analytics_usage FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.analytics_usage
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.analytics_usage
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.analytics_usage
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON chatsphere.analytics_usage
FOR SELECT TO chatsphere_worker USING (true);
CREATE POLICY insert_worker ON chatsphere.analytics_usage
FOR INSERT TO chatsphere_worker WITH CHECK (true);

GRANT SELECT ON chatsphere.analytics_usage TO chatsphere_app, chatsphere_worker;
GRANT INSERT (user_id, chatbot_id, metric_type, value)
ON chatsphere.analytics_usage TO chatsphere_worker;

INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead, keep)
VALUES ('chatsphere.analytics_usage', 'time', '1 month', 12, '2 years')
ON CONFLICT DO NOTHING;

INSERT INTO kernel.retention_policy (name, relation, action, reason)
VALUES (
    'chatsphere_analytics_usage', 'chatsphere.analytics_usage', 'drop',
    'A year is compared with the one before it.'
)
ON CONFLICT DO NOTHING;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('chatsphere.analytics_usage');
