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
