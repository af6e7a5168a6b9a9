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
