-- Recommendations with their metrics, clusters, experiments.
-- depends: 0123.astroloh.create-consultations
-- locks: SHARE ROW EXCLUSIVE on astroloh.users, for an instant: the foreign keys

CREATE TABLE astroloh.recommendations (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    recommendation_type text NOT NULL,
    content_type text NOT NULL,
    title text NOT NULL,
    description text,
    recommendation_data jsonb,
    confidence_score integer NOT NULL,
    priority integer NOT NULL DEFAULT 1,
    algorithm_used text NOT NULL,
    model_version text NOT NULL,
    status text NOT NULL DEFAULT 'active',
    expires_at timestamptz,
    shown_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT recommendations_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT recommendations_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES astroloh.users (id) ON DELETE CASCADE,
    CONSTRAINT recommendations_recommendation_type_check
        CHECK (recommendation_type IN ('content', 'action', 'timing')),
    CONSTRAINT recommendations_content_type_check
        CHECK (content_type IN ('daily', 'weekly', 'compatibility')),
    CONSTRAINT recommendations_title_length_check CHECK (length(title) BETWEEN 1 AND 255),
    CONSTRAINT recommendations_description_length_check
        CHECK (length(description) BETWEEN 1 AND 4000),
    CONSTRAINT recommendations_data_check CHECK (
        jsonb_typeof(recommendation_data) = 'object'
        AND octet_length(recommendation_data::text) <= 16384
    ),
    CONSTRAINT recommendations_confidence_score_check CHECK (confidence_score BETWEEN 0 AND 100),
    CONSTRAINT recommendations_priority_check CHECK (priority BETWEEN 1 AND 5),
    CONSTRAINT recommendations_algorithm_used_check
        CHECK (algorithm_used IN ('collaborative', 'content_based', 'hybrid')),
    CONSTRAINT recommendations_model_version_length_check
        CHECK (length(model_version) BETWEEN 1 AND 20),
    CONSTRAINT recommendations_status_check
        CHECK (status IN ('active', 'shown', 'dismissed', 'expired')),
    CONSTRAINT recommendations_expiry_check CHECK (expires_at > created_at),
    -- What waits was not shown, what was shown has its moment.
    CONSTRAINT recommendations_shown_check CHECK (
        CASE status
            WHEN 'active' THEN shown_at IS NULL
            WHEN 'shown' THEN shown_at IS NOT NULL
            ELSE true
        END
        AND shown_at >= created_at IS NOT FALSE
    )
);

-- What to show a person next: the most urgent first, of these the surest.
CREATE INDEX recommendations_user_status_idx
ON astroloh.recommendations (user_id, status, priority, confidence_score);

-- What is past its time, for expire_recommendations().
CREATE INDEX recommendations_expires_at_idx ON astroloh.recommendations (expires_at)
WHERE status IN ('active', 'shown');

-- For retention.
CREATE INDEX recommendations_created_at_idx ON astroloh.recommendations (created_at);

COMMENT ON TABLE astroloh.recommendations IS
'What models recommend to people: active until it is shown, dismissed or past its time.
@row Recommendation
@rows 20M';
COMMENT ON COLUMN astroloh.recommendations.user_id IS
'To whom.
@internal';
COMMENT ON COLUMN astroloh.recommendations.id IS
'Id of the recommendation, rising with time.
@internal';
COMMENT ON COLUMN astroloh.recommendations.recommendation_type IS
'What kind of advice.
@internal';
COMMENT ON COLUMN astroloh.recommendations.content_type IS
'About what.
@internal';
COMMENT ON COLUMN astroloh.recommendations.title IS
'Headline.
@personal content
@erase delete';
COMMENT ON COLUMN astroloh.recommendations.description IS
'The rest of it.
@personal content
@erase delete';
COMMENT ON COLUMN astroloh.recommendations.recommendation_data IS
'What programs need to carry it out.
@personal content
@erase delete';
COMMENT ON COLUMN astroloh.recommendations.confidence_score IS
'How sure the model is, in percent.
@internal
@mask keep';
COMMENT ON COLUMN astroloh.recommendations.priority IS
'How urgent it is, from 1 to 5, the most urgent.
@internal
@mask keep';
COMMENT ON COLUMN astroloh.recommendations.algorithm_used IS
'How it was found.
@internal';
COMMENT ON COLUMN astroloh.recommendations.model_version IS
'By which version of the model.
@internal
@mask keep';
COMMENT ON COLUMN astroloh.recommendations.status IS
'active: waits. shown: the person saw it. dismissed: the person does not want it. expired: past its
time.
@internal';
COMMENT ON COLUMN astroloh.recommendations.expires_at IS
'Until when it makes sense; NULL: for ever.
@internal';
COMMENT ON COLUMN astroloh.recommendations.shown_at IS
'When the person saw it.
@personal activity
@erase delete';
COMMENT ON COLUMN astroloh.recommendations.created_at IS
'When the model made it.
@internal';
COMMENT ON CONSTRAINT recommendations_confidence_score_check ON astroloh.recommendations IS
'@error ConfidenceOutOfRange A confidence is from 0 to 100.';
COMMENT ON CONSTRAINT recommendations_priority_check ON astroloh.recommendations IS
'@error PriorityOutOfRange A priority is from 1 to 5.';
COMMENT ON CONSTRAINT recommendations_expiry_check ON astroloh.recommendations IS
'@error ExpiresBeforeCreated A recommendation ends after it began.';
COMMENT ON CONSTRAINT recommendations_shown_check ON astroloh.recommendations IS
'@error ShownMismatch What is active was not shown, and what was shown says when.';

ALTER TABLE astroloh.recommendations ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.recommendations FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.recommendations
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.recommendations
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON astroloh.recommendations
FOR SELECT TO astroloh_app USING (user_id = kernel.user_uuid());
CREATE POLICY update_own ON astroloh.recommendations
FOR UPDATE TO astroloh_app
USING (user_id = kernel.user_uuid()) WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON astroloh.recommendations
FOR SELECT TO astroloh_worker USING (true);
CREATE POLICY insert_worker ON astroloh.recommendations
FOR INSERT TO astroloh_worker WITH CHECK (status = 'active');

GRANT SELECT, UPDATE (status) ON astroloh.recommendations TO astroloh_app;
GRANT
    SELECT,
    INSERT (
        user_id, recommendation_type, content_type, title, description, recommendation_data,
        confidence_score, priority, algorithm_used, model_version, expires_at
    )
ON astroloh.recommendations TO astroloh_worker;

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for,
    override_table, override_column, override_min_days, override_max_days, reason
)
VALUES (
    'recommendations', 'astroloh.recommendations', 'delete', 'created_at', '1 year',
    'astroloh.users', 'data_retention_days', 30, 3650,
    'What a person was advised is kept for as long as that person wants.'
)
ON CONFLICT DO NOTHING;

INSERT INTO kernel.job (name, function_name, schedule)
VALUES ('astroloh_recommendations', 'astroloh.expire_recommendations()', '10 minutes')
ON CONFLICT DO NOTHING;

SELECT kernel.masked_view('astroloh.recommendations');

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

-- Not security_invoker: an analyst may read no base table, and gets what the owner counts here.
CREATE VIEW astroloh.recommendation_performance WITH (security_barrier = true) AS
SELECT
    date_trunc('month', r.created_at AT TIME ZONE 'UTC')::date AS month,
    r.algorithm_used,
    r.model_version,
    r.content_type,
    count(*) AS recommendations,
    count(DISTINCT r.user_id) AS people,
    count(r.shown_at) AS shown,
    count(*) FILTER (WHERE r.status = 'dismissed') AS dismissed
FROM astroloh.recommendations AS r
WHERE r.created_at < date_trunc('month', now(), 'UTC')
GROUP BY 1, 2, 3, 4
HAVING count(DISTINCT r.user_id) >= 5;

COMMENT ON VIEW astroloh.recommendation_performance IS
'What became of recommendations by month (UTC), algorithm, model and content, of months that are
over. Groups of fewer than five people are left out.
@row RecommendationPerformance';
COMMENT ON COLUMN astroloh.recommendation_performance.month IS
'First day of the month in UTC.
@public';
COMMENT ON COLUMN astroloh.recommendation_performance.algorithm_used IS
'How they were found.
@public';
COMMENT ON COLUMN astroloh.recommendation_performance.model_version IS
'By which version of the model.
@public';
COMMENT ON COLUMN astroloh.recommendation_performance.content_type IS
'About what.
@public';
COMMENT ON COLUMN astroloh.recommendation_performance.recommendations IS
'How many recommendations.
@public';
COMMENT ON COLUMN astroloh.recommendation_performance.people IS
'To how many people, at least five.
@public';
COMMENT ON COLUMN astroloh.recommendation_performance.shown IS
'How many of them were seen.
@public';
COMMENT ON COLUMN astroloh.recommendation_performance.dismissed IS
'How many of them were not wanted.
@public';

GRANT SELECT ON astroloh.recommendation_performance TO astroloh_analyst;

CREATE TABLE astroloh.user_clusters (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    cluster_id text NOT NULL,
    cluster_name text,
    cluster_features jsonb NOT NULL DEFAULT '{}',
    similarity_score integer NOT NULL,
    algorithm_version text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT user_clusters_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT user_clusters_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES astroloh.users (id) ON DELETE CASCADE,
    -- A person is in a cluster once, by a version.
    CONSTRAINT user_clusters_cluster_id_key UNIQUE (user_id, cluster_id, algorithm_version),
    CONSTRAINT user_clusters_cluster_id_length_check CHECK (length(cluster_id) BETWEEN 1 AND 50),
    CONSTRAINT user_clusters_cluster_name_length_check
        CHECK (length(cluster_name) BETWEEN 1 AND 100),
    CONSTRAINT user_clusters_cluster_features_check CHECK (
        jsonb_typeof(cluster_features) = 'object'
        AND octet_length(cluster_features::text) <= 16384
    ),
    CONSTRAINT user_clusters_similarity_score_check CHECK (similarity_score BETWEEN 0 AND 100),
    CONSTRAINT user_clusters_algorithm_version_length_check
        CHECK (length(algorithm_version) BETWEEN 1 AND 20)
);

-- Who is most like a cluster.
CREATE INDEX user_clusters_cluster_id_idx
ON astroloh.user_clusters (cluster_id, similarity_score, user_id);

-- cluster_features @> '{"element": "fire"}', and nothing else is asked.
CREATE INDEX user_clusters_cluster_features_idx
ON astroloh.user_clusters USING gin (cluster_features jsonb_path_ops);

COMMENT ON TABLE astroloh.user_clusters IS
'Whom a model takes people to be like.
@row UserCluster
@rows 5M';
COMMENT ON COLUMN astroloh.user_clusters.user_id IS
'Who.
@internal';
COMMENT ON COLUMN astroloh.user_clusters.id IS
'Id of the assignment, rising with time.
@internal';
COMMENT ON COLUMN astroloh.user_clusters.cluster_id IS
'The cluster, as the model calls it.
@personal profile
@erase delete
@mask hide';
COMMENT ON COLUMN astroloh.user_clusters.cluster_name IS
'The cluster, as people call it.
@personal profile
@erase delete';
COMMENT ON COLUMN astroloh.user_clusters.cluster_features IS
'By what: astrological and behavioural features.
@personal profile
@erase delete';
COMMENT ON COLUMN astroloh.user_clusters.similarity_score IS
'How alike, in percent.
@personal profile
@erase delete
@mask band 10';
COMMENT ON COLUMN astroloh.user_clusters.algorithm_version IS
'By which version of the model.
@internal
@mask keep';
COMMENT ON COLUMN astroloh.user_clusters.created_at IS
'When the person came into it.
@internal';
COMMENT ON COLUMN astroloh.user_clusters.updated_at IS
'When the row last changed.
@internal';
COMMENT ON CONSTRAINT user_clusters_similarity_score_check ON astroloh.user_clusters IS
'@error SimilarityOutOfRange A similarity is from 0 to 100.';
COMMENT ON CONSTRAINT user_clusters_cluster_id_key ON astroloh.user_clusters IS
'@error AlreadyInCluster A person is in a cluster once, by a version of the model.';

ALTER TABLE astroloh.user_clusters ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.user_clusters FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.user_clusters
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.user_clusters
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON astroloh.user_clusters
FOR SELECT TO astroloh_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON astroloh.user_clusters
FOR SELECT TO astroloh_worker USING (true);
CREATE POLICY insert_worker ON astroloh.user_clusters
FOR INSERT TO astroloh_worker WITH CHECK (true);
CREATE POLICY update_worker ON astroloh.user_clusters
FOR UPDATE TO astroloh_worker USING (true) WITH CHECK (true);
CREATE POLICY delete_worker ON astroloh.user_clusters
FOR DELETE TO astroloh_worker USING (true);

GRANT SELECT ON astroloh.user_clusters TO astroloh_app;
GRANT
    SELECT,
    INSERT (
        user_id, cluster_id, cluster_name, cluster_features, similarity_score, algorithm_version
    ),
    UPDATE (cluster_name, cluster_features, similarity_score),
    DELETE
ON astroloh.user_clusters TO astroloh_worker;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON astroloh.user_clusters
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON astroloh.user_clusters IS
'updated_at is not for statements to set.';

SELECT kernel.masked_view('astroloh.user_clusters');

-- Not security_invoker: an analyst may read no base table, and gets what the owner counts here.
CREATE VIEW astroloh.cluster_sizes WITH (security_barrier = true) AS
SELECT
    c.algorithm_version,
    c.cluster_id,
    min(c.cluster_name) AS cluster_name,
    count(*) AS people,
    count(*) FILTER (WHERE c.similarity_score >= 80) AS close_people
FROM astroloh.user_clusters AS c
GROUP BY 1, 2
HAVING count(*) >= 5;

COMMENT ON VIEW astroloh.cluster_sizes IS
'How many people each cluster has, by version of the model. Clusters of fewer than five people are
left out.
@row ClusterSize';
COMMENT ON COLUMN astroloh.cluster_sizes.algorithm_version IS
'By which version of the model.
@public';
COMMENT ON COLUMN astroloh.cluster_sizes.cluster_id IS
'The cluster, as the model calls it.
@public';
COMMENT ON COLUMN astroloh.cluster_sizes.cluster_name IS
'The cluster, as people call it.
@public';
COMMENT ON COLUMN astroloh.cluster_sizes.people IS
'How many people, at least five.
@public';
COMMENT ON COLUMN astroloh.cluster_sizes.close_people IS
'How many of them have a score of 80 or more.
@public';

GRANT SELECT ON astroloh.cluster_sizes TO astroloh_analyst;

CREATE TABLE astroloh.ab_tests (
    test_name text NOT NULL,
    groups text[] NOT NULL DEFAULT '{control,variant_a}',
    test_parameters jsonb NOT NULL DEFAULT '{}',
    test_start_date timestamptz NOT NULL,
    test_end_date timestamptz,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT ab_tests_pkey PRIMARY KEY (test_name),
    CONSTRAINT ab_tests_test_name_check CHECK (test_name ~ '^[a-z][a-z0-9_]{0,99}$'),
    CONSTRAINT ab_tests_groups_check CHECK (
        cardinality(groups) BETWEEN 2 AND 10
        AND array_ndims(groups) = 1
        AND array_position(groups, NULL) IS NULL
        AND array_to_string(groups, ',') ~ '^[a-z][a-z0-9_]{0,49}(,[a-z][a-z0-9_]{0,49})*$'
        AND groups[1] = 'control'
    ),
    CONSTRAINT ab_tests_test_parameters_check CHECK (
        jsonb_typeof(test_parameters) = 'object' AND octet_length(test_parameters::text) <= 16384
    ),
    CONSTRAINT ab_tests_dates_check CHECK (test_end_date > test_start_date)
);

COMMENT ON TABLE astroloh.ab_tests IS
'Experiments: what is tried, with which groups, from when to when. Belongs to nobody.
@row AbTest
@rows 200';
COMMENT ON COLUMN astroloh.ab_tests.test_name IS
'Name of the experiment.
@public';
COMMENT ON COLUMN astroloh.ab_tests.groups IS
'The groups, the first of which is control; people are spread evenly over them.
@public';
COMMENT ON COLUMN astroloh.ab_tests.test_parameters IS
'What is different, by group.
@public';
COMMENT ON COLUMN astroloh.ab_tests.test_start_date IS
'From when on people take part.
@public';
COMMENT ON COLUMN astroloh.ab_tests.test_end_date IS
'Until when; NULL: until it is ended.
@public';
COMMENT ON COLUMN astroloh.ab_tests.is_active IS
'False: stopped before its time.
@public';
COMMENT ON COLUMN astroloh.ab_tests.created_at IS
'When it was planned.
@public';
COMMENT ON CONSTRAINT ab_tests_dates_check ON astroloh.ab_tests IS
'@error ExperimentEndsBeforeItBegins An experiment ends after it began.';
COMMENT ON CONSTRAINT ab_tests_groups_check ON astroloh.ab_tests IS
'@error InvalidGroups Two to ten groups, the first of which is control.';

ALTER TABLE astroloh.ab_tests ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.ab_tests FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.ab_tests
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.ab_tests
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_all ON astroloh.ab_tests
FOR SELECT TO astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer USING (true);
CREATE POLICY insert_worker ON astroloh.ab_tests
FOR INSERT TO astroloh_worker WITH CHECK (true);
CREATE POLICY update_worker ON astroloh.ab_tests
FOR UPDATE TO astroloh_worker USING (true) WITH CHECK (true);

GRANT SELECT ON astroloh.ab_tests TO astroloh_app, astroloh_analyst, astroloh_definer;
GRANT
    SELECT,
    INSERT (test_name, groups, test_parameters, test_start_date, test_end_date),
    UPDATE (is_active, test_end_date)
ON astroloh.ab_tests TO astroloh_worker;

SELECT kernel.enable_audit('astroloh.ab_tests');

CREATE TABLE astroloh.ab_test_groups (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    test_name text NOT NULL,
    group_name text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    assigned_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT ab_test_groups_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT ab_test_groups_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES astroloh.users (id) ON DELETE CASCADE,
    CONSTRAINT ab_test_groups_test_name_fkey FOREIGN KEY (test_name)
        REFERENCES astroloh.ab_tests (test_name) ON DELETE RESTRICT,
    -- A person is in one group of an experiment, for ever: who left comes back into the same.
    CONSTRAINT ab_test_groups_test_name_key UNIQUE (user_id, test_name),
    CONSTRAINT ab_test_groups_group_name_check CHECK (group_name ~ '^[a-z][a-z0-9_]{0,49}$')
);

-- How many of a group take part.
CREATE INDEX ab_test_groups_test_name_idx
ON astroloh.ab_test_groups (test_name, group_name, user_id);

COMMENT ON TABLE astroloh.ab_test_groups IS
'Which group of an experiment a person is in.
@row AbTestGroup
@rows 5M';
COMMENT ON COLUMN astroloh.ab_test_groups.user_id IS
'Who.
@internal';
COMMENT ON COLUMN astroloh.ab_test_groups.id IS
'Id of the assignment, rising with time.
@internal';
COMMENT ON COLUMN astroloh.ab_test_groups.test_name IS
'The experiment.
@internal
@mask pseudonym';
COMMENT ON COLUMN astroloh.ab_test_groups.group_name IS
'The group.
@personal profile
@erase delete
@mask keep';
COMMENT ON COLUMN astroloh.ab_test_groups.is_active IS
'False: the person takes part no more.
@internal';
COMMENT ON COLUMN astroloh.ab_test_groups.assigned_at IS
'When the person came into it.
@personal activity
@erase delete';
COMMENT ON CONSTRAINT ab_test_groups_test_name_fkey ON astroloh.ab_test_groups IS
'@error UnknownExperiment There is no such experiment.';

ALTER TABLE astroloh.ab_test_groups ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.ab_test_groups FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.ab_test_groups
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.ab_test_groups
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON astroloh.ab_test_groups
FOR SELECT TO astroloh_app USING (user_id = kernel.user_uuid());
CREATE POLICY update_own ON astroloh.ab_test_groups
FOR UPDATE TO astroloh_app
USING (user_id = kernel.user_uuid()) WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON astroloh.ab_test_groups
FOR SELECT TO astroloh_worker USING (true);
CREATE POLICY select_definer ON astroloh.ab_test_groups
FOR SELECT TO astroloh_definer USING (user_id = kernel.user_uuid());
CREATE POLICY insert_definer ON astroloh.ab_test_groups
FOR INSERT TO astroloh_definer WITH CHECK (user_id = kernel.user_uuid());

-- Whoever does not want to take part leaves; into a group one comes by assign_group() alone.
GRANT SELECT, UPDATE (is_active) ON astroloh.ab_test_groups TO astroloh_app;
GRANT SELECT ON astroloh.ab_test_groups TO astroloh_worker;
GRANT SELECT, INSERT (user_id, test_name, group_name)
ON astroloh.ab_test_groups TO astroloh_definer;

SELECT kernel.masked_view('astroloh.ab_test_groups');
