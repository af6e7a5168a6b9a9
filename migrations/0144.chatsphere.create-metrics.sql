-- What is measured of bots, and what goes wrong in them, by month.
-- depends: 0143.chatsphere.create-conversations
-- locks: SHARE ROW EXCLUSIVE on chatsphere.chatbots, for an instant: foreign keys

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

-- The key holds the moment, by which the table is partitioned.
CREATE TABLE chatsphere.performance_metrics (
    user_id uuid NOT NULL,
    chatbot_id uuid,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    metric_name text NOT NULL,
    value double precision NOT NULL,
    labels jsonb NOT NULL DEFAULT '{}',
    "timestamp" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT performance_metrics_pkey PRIMARY KEY (user_id, "timestamp", id),
    -- What was measured outlives the bot, without its name.
    CONSTRAINT performance_metrics_chatbot_id_fkey FOREIGN KEY (user_id, chatbot_id)
        REFERENCES chatsphere.chatbots (user_id, id) ON DELETE SET NULL (chatbot_id),
    CONSTRAINT performance_metrics_metric_name_check
        CHECK (metric_name ~ '^[a-z][a-z0-9_.]{0,99}$'),
    CONSTRAINT performance_metrics_value_check
        CHECK (value > '-Infinity' AND value < 'Infinity'),
    CONSTRAINT performance_metrics_labels_check CHECK (
        jsonb_typeof(labels) = 'object' AND length(labels::text) <= 2000
    )
) PARTITION BY RANGE ("timestamp");

CREATE INDEX performance_metrics_chatbot_id_timestamp_idx
ON chatsphere.performance_metrics (user_id, chatbot_id, "timestamp", id);

COMMENT ON TABLE chatsphere.performance_metrics IS
'Gauges of bots: how long an answer took, how sure the model was.
@row PerformanceMetric
@rows 10M';
COMMENT ON COLUMN chatsphere.performance_metrics.user_id IS
'Whose bot it is.
@internal';
COMMENT ON COLUMN chatsphere.performance_metrics.chatbot_id IS
'The bot; NULL once it is deleted.
@internal';
COMMENT ON COLUMN chatsphere.performance_metrics.id IS
'Key of the figure, rising with time.
@internal';
COMMENT ON COLUMN chatsphere.performance_metrics.metric_name IS
'What is measured, with its unit: answer_seconds.
@internal';
COMMENT ON COLUMN chatsphere.performance_metrics.value IS
'The figure.
@internal';
COMMENT ON COLUMN chatsphere.performance_metrics.labels IS
'What it is a figure of, such as the model: an object, without personal data.
@internal';
COMMENT ON COLUMN chatsphere.performance_metrics."timestamp" IS
'When it was measured.
@internal';
COMMENT ON CONSTRAINT performance_metrics_metric_name_check ON chatsphere.performance_metrics IS
'@error MetricNameInvalid A metric is named by small letters, digits, underscores and points.';
COMMENT ON CONSTRAINT performance_metrics_value_check ON chatsphere.performance_metrics IS
'@error MetricValueInvalid A figure is a finite number.';

ALTER TABLE chatsphere.performance_metrics ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.performance_metrics FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.performance_metrics
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.performance_metrics
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.performance_metrics
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON chatsphere.performance_metrics
FOR SELECT TO chatsphere_worker USING (true);
CREATE POLICY insert_worker ON chatsphere.performance_metrics
FOR INSERT TO chatsphere_worker WITH CHECK (true);

GRANT SELECT ON chatsphere.performance_metrics TO chatsphere_app, chatsphere_worker;
GRANT INSERT (user_id, chatbot_id, metric_name, value, labels)
ON chatsphere.performance_metrics TO chatsphere_worker;

INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead, keep)
VALUES ('chatsphere.performance_metrics', 'time', '1 month', 12, '6 months')
ON CONFLICT DO NOTHING;

INSERT INTO kernel.retention_policy (name, relation, action, reason)
VALUES (
    'chatsphere_performance_metrics', 'chatsphere.performance_metrics', 'drop',
    'Nobody looks into how fast a bot was half a year ago.'
)
ON CONFLICT DO NOTHING;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('chatsphere.performance_metrics');

-- The key holds the moment, by which the table is partitioned.
CREATE TABLE chatsphere.error_logs (
    user_id uuid NOT NULL,
    chatbot_id uuid,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    error_type text NOT NULL,
    error_message text NOT NULL,
    stack_trace text,
    metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT error_logs_pkey PRIMARY KEY (user_id, created_at, id),
    -- What went wrong outlives the bot, without its name.
    CONSTRAINT error_logs_chatbot_id_fkey FOREIGN KEY (user_id, chatbot_id)
        REFERENCES chatsphere.chatbots (user_id, id) ON DELETE SET NULL (chatbot_id),
    CONSTRAINT error_logs_error_type_check CHECK (error_type ~ '^[A-Za-z][A-Za-z0-9_.]{0,99}$'),
    CONSTRAINT error_logs_error_message_length_check
        CHECK (length(error_message) BETWEEN 1 AND 2000),
    CONSTRAINT error_logs_stack_trace_length_check CHECK (length(stack_trace) <= 20000),
    CONSTRAINT error_logs_metadata_check CHECK (
        jsonb_typeof(metadata) = 'object' AND length(metadata::text) <= 20000
    )
) PARTITION BY RANGE (created_at);

CREATE INDEX error_logs_chatbot_id_created_at_idx
ON chatsphere.error_logs (user_id, chatbot_id, created_at, id);

-- Recent errors of all bots.
CREATE INDEX error_logs_created_at_idx ON chatsphere.error_logs (created_at, user_id, id);

COMMENT ON TABLE chatsphere.error_logs IS
'What went wrong in bots. chatsphere.log_error() writes it, without what looks like a secret or like
somebody''s address.
@row ErrorLog
@rows 10M';
COMMENT ON COLUMN chatsphere.error_logs.user_id IS
'Whose bot it is.
@internal';
COMMENT ON COLUMN chatsphere.error_logs.chatbot_id IS
'The bot; NULL once it is deleted.
@internal';
COMMENT ON COLUMN chatsphere.error_logs.id IS
'Key of the error, rising with time.
@internal';
COMMENT ON COLUMN chatsphere.error_logs.error_type IS
'Kind of the error: the name of a class.
@internal';
COMMENT ON COLUMN chatsphere.error_logs.error_message IS
'What was said of it, cleaned.
@personal content
@erase delete';
COMMENT ON COLUMN chatsphere.error_logs.stack_trace IS
'Where in the program it happened, cleaned.
@personal content
@erase delete';
COMMENT ON COLUMN chatsphere.error_logs.metadata IS
'What the program notes of it, cleaned: an object.
@personal content
@erase delete';
COMMENT ON COLUMN chatsphere.error_logs.created_at IS
'When it happened.
@internal';
COMMENT ON CONSTRAINT error_logs_error_type_check ON chatsphere.error_logs IS
'@error ErrorTypeInvalid The kind of an error is the name of a class.';

ALTER TABLE chatsphere.error_logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.error_logs FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.error_logs
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.error_logs
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.error_logs
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON chatsphere.error_logs
FOR SELECT TO chatsphere_worker USING (true);
CREATE POLICY insert_definer ON chatsphere.error_logs
FOR INSERT TO chatsphere_definer WITH CHECK (true);
CREATE POLICY select_definer ON chatsphere.error_logs
FOR SELECT TO chatsphere_definer USING (true);

GRANT SELECT ON chatsphere.error_logs TO chatsphere_app, chatsphere_worker;
GRANT
    SELECT (user_id, id),
    INSERT (user_id, chatbot_id, error_type, error_message, stack_trace, metadata)
ON chatsphere.error_logs TO chatsphere_definer;

INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead, keep)
VALUES ('chatsphere.error_logs', 'time', '1 month', 12, '3 months')
ON CONFLICT DO NOTHING;

INSERT INTO kernel.retention_policy (name, relation, action, reason)
VALUES (
    'chatsphere_error_logs', 'chatsphere.error_logs', 'drop',
    'An error that nobody looked into for three months is none.'
)
ON CONFLICT DO NOTHING;
