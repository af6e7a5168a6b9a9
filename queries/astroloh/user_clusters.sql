-- Whom a model takes people to be like.

-- name: set_clusters :bulk
-- Put people into clusters of a version of the model, or say anew how alike they are; how many.
-- Who does not agree is left out.
--
-- :algorithm_version  by which version of the model
-- @role worker
-- @chunk 5000
INSERT INTO astroloh.user_clusters (
    user_id, cluster_id, cluster_name, cluster_features, similarity_score, algorithm_version
)
SELECT
    u.user_id, u.cluster_id, u.cluster_name, u.cluster_features, u.similarity_score,
    :algorithm_version
FROM unnest(
    :user_id::uuid[], :cluster_id::text[], :cluster_name::text[], :cluster_features::jsonb[],
    :similarity_score::integer[]
) AS u (user_id, cluster_id, cluster_name, cluster_features, similarity_score)
WHERE astroloh.may_process(u.user_id)
ON CONFLICT (user_id, cluster_id, algorithm_version) DO UPDATE
SET
    cluster_name = excluded.cluster_name,
    cluster_features = excluded.cluster_features,
    similarity_score = excluded.similarity_score;

-- name: list_clusters :many
-- The clusters of the person of this session.
--
-- :limit = 100  most rows to give
SELECT c.cluster_id, c.cluster_name, c.cluster_features, c.similarity_score, c.algorithm_version
FROM astroloh.user_clusters AS c
WHERE c.user_id = kernel.user_uuid()
ORDER BY c.id
LIMIT :limit;

-- name: list_cluster_members :many
-- Who is most like a cluster, the likest first.
--
-- :cluster_id  which
-- :min_score = 0  at least so alike, in percent
-- :limit = 1000  most rows to give
-- @role worker
SELECT c.user_id, c.similarity_score, c.algorithm_version
FROM astroloh.user_clusters AS c
WHERE c.cluster_id = :cluster_id AND c.similarity_score >= :min_score
  AND astroloh.may_process(c.user_id)
ORDER BY c.similarity_score DESC, c.user_id DESC
LIMIT :limit;

-- name: list_with_features :many
-- Who is in clusters by certain features.
--
-- :features  what the features contain, as {"element": "fire"}
-- :limit = 1000  most rows to give
-- @role worker
-- @lint ignore sort the people with some features, a batch of them
SELECT c.user_id, c.cluster_id, c.similarity_score
FROM astroloh.user_clusters AS c
WHERE c.cluster_features @> CAST(:features AS jsonb) AND astroloh.may_process(c.user_id)
ORDER BY c.user_id, c.cluster_id
LIMIT :limit;

-- name: forget_clusters :rowcount
-- Delete a person's clusters of a version of the model that is no longer used; how many.
--
-- :user_id  who
-- :algorithm_version  which version
-- @role worker
DELETE FROM astroloh.user_clusters AS c
WHERE c.user_id = :user_id AND c.algorithm_version = :algorithm_version;
