-- Lists ask once a job again; nothing is lost.

ALTER POLICY select_own ON chatsphere.training_jobs
USING (user_id = kernel.user_uuid());
