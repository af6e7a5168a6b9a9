CREATE TABLE astroloh.recommendation_metrics (
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    user_id uuid,
    recommendation_id uuid,
    metric_name text NOT NULL,
    metric_value numeric(9, 4) NOT NULL,
    context_data jsonb,
    session_id uuid,
    recorded_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- What is measured outlives whom it was measured by, so the person is not in the key.
    CONSTRAINT recommendation_metrics_pkey PRIMARY KEY (recorded_at, id),
    CONSTRAINT recommendation_metrics_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES astroloh.users (id) ON DELETE SET NULL (user_id),
    CONSTRAINT recommendation_metrics_recommendation_id_fkey
        FOREIGN KEY (user_id, recommendation_id)
        REFERENCES astroloh.recommendations (user_id, id) ON DELETE SET NULL (recommendation_id),
    CONSTRAINT recommendation_metrics_metric_name_check
        CHECK (metric_name IN ('ctr', 'conversion', 'satisfaction')),
    CONSTRAINT recommendation_metrics_metric_value_check CHECK (
        metric_value BETWEEN 0 AND CASE metric_name WHEN 'satisfaction' THEN 5 ELSE 1 END
    ),
    CONSTRAINT recommendation_metrics_context_data_check CHECK (
        jsonb_typeof(context_data) = 'object' AND octet_length(context_data::text) <= 4096
    )
) PARTITION BY RANGE (recorded_at);

CREATE INDEX recommendation_metrics_metric_name_idx
ON astroloh.recommendation_metrics (metric_name, recorded_at);

CREATE INDEX recommendation_metrics_recommendation_idx
ON astroloh.recommendation_metrics (user_id, recommendation_id);

COMMENT ON TABLE astroloh.recommendation_metrics IS
'How recommendations did. Keyed by time: an erased person''s figures stay, and are nobody''s.
@row RecommendationMetric
@rows 50M';
COMMENT ON COLUMN astroloh.recommendation_metrics.id IS
'Id of the figure, rising with time.
@internal';
COMMENT ON COLUMN astroloh.recommendation_metrics.user_id IS
'Whose it is; NULL for figures over many people, and for people who were erased.
@personal identifier
@erase null
@subject';
COMMENT ON COLUMN astroloh.recommendation_metrics.recommendation_id IS
'The recommendation that was measured.
@personal identifier
@erase null';
COMMENT ON COLUMN astroloh.recommendation_metrics.metric_name IS
'ctr: share of clicks, 0 to 1. conversion: share of those who did as advised, 0 to 1. satisfaction:
stars, 0 to 5.
@internal';
COMMENT ON COLUMN astroloh.recommendation_metrics.metric_value IS
'The figure, exact to four digits.
@internal
@mask keep';
COMMENT ON COLUMN astroloh.recommendation_metrics.context_data IS
'What it was measured under, by name.
@personal activity
@erase null';
COMMENT ON COLUMN astroloh.recommendation_metrics.session_id IS
'The dialog, by our own id of it, which opens nothing and may be gone.
@personal identifier
@erase null';
COMMENT ON COLUMN astroloh.recommendation_metrics.recorded_at IS
'When.
@internal';
COMMENT ON CONSTRAINT recommendation_metrics_metric_value_check
ON astroloh.recommendation_metrics IS
'@error MetricOutOfRange Shares are from 0 to 1, satisfaction from 0 to 5.';
COMMENT ON CONSTRAINT recommendation_metrics_recommendation_id_fkey
ON astroloh.recommendation_metrics IS
'@error UnknownRecommendation The person has no such recommendation.';
COMMENT ON CONSTRAINT recommendation_metrics_context_data_check
ON astroloh.recommendation_metrics IS
'@error InvalidMetricContext What is said of a figure is an object of at most 4,096 bytes.';

ALTER TABLE astroloh.recommendation_metrics ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.recommendation_metrics FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.recommendation_metrics
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.recommendation_metrics
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON astroloh.recommendation_metrics
FOR SELECT TO astroloh_app USING (user_id = kernel.user_uuid());
CREATE POLICY insert_own ON astroloh.recommendation_metrics
FOR INSERT TO astroloh_app WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON astroloh.recommendation_metrics
FOR SELECT TO astroloh_worker USING (true);
CREATE POLICY insert_worker ON astroloh.recommendation_metrics
FOR INSERT TO astroloh_worker WITH CHECK (true);

GRANT
    SELECT,
    INSERT (user_id, recommendation_id, metric_name, metric_value, context_data, session_id)
ON astroloh.recommendation_metrics TO astroloh_app;
GRANT
    SELECT,
    INSERT (
        user_id, recommendation_id, metric_name, metric_value, context_data, session_id, recorded_at
    )
ON astroloh.recommendation_metrics TO astroloh_worker;

INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead, keep)
VALUES ('astroloh.recommendation_metrics', 'time', '1 month', 12, '2 years')
ON CONFLICT DO NOTHING;

INSERT INTO kernel.retention_policy (name, relation, action, reason)
VALUES (
    'recommendation_metrics', 'astroloh.recommendation_metrics', 'drop',
    'Figures of models that are no longer used are not needed.'
)
ON CONFLICT DO NOTHING;

SELECT kernel.masked_view('astroloh.recommendation_metrics');
