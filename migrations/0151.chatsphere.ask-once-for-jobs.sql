-- Lists of sources ask once who reads, not once a job.
-- depends: 0150.chatsphere.keep-cache-lifetimes
-- requires: extension vector pg_trgm btree_gin
-- locks: ACCESS EXCLUSIVE on chatsphere.training_jobs, for the time of an entry in the catalogue

ALTER POLICY select_own ON chatsphere.training_jobs
USING (user_id = (SELECT kernel.user_uuid()));
