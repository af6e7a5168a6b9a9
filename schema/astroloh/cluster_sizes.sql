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
