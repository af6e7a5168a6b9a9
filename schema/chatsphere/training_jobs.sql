CREATE TABLE chatsphere.training_jobs (
    user_id uuid NOT NULL,
    chatbot_id uuid NOT NULL,
    source_id uuid NOT NULL,
    available_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    attempts integer NOT NULL DEFAULT 0,
    lease_id uuid,
    CONSTRAINT training_jobs_pkey PRIMARY KEY (user_id, chatbot_id, source_id),
    CONSTRAINT training_jobs_source_id_fkey FOREIGN KEY (user_id, chatbot_id, source_id)
        REFERENCES chatsphere.training_sources (user_id, chatbot_id, id) ON DELETE CASCADE,
    CONSTRAINT training_jobs_attempts_check CHECK (attempts BETWEEN 0 AND 100)
)
-- Rows come and go: what they leave is to be taken up soon.
WITH (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_cost_delay = 0
);

CREATE INDEX training_jobs_available_at_idx ON chatsphere.training_jobs (available_at);

COMMENT ON TABLE chatsphere.training_jobs IS
'The queue of pending sources. Whoever takes a job moves available_at ahead by the lease: if
nothing is heard until then, somebody else takes it. Narrow, for each claim writes a row anew.
@row TrainingJob
@rows 1M';
COMMENT ON COLUMN chatsphere.training_jobs.user_id IS
'Whose source it is.
@internal';
COMMENT ON COLUMN chatsphere.training_jobs.chatbot_id IS
'The bot that learns from it.
@internal';
COMMENT ON COLUMN chatsphere.training_jobs.source_id IS
'The source.
@internal';
COMMENT ON COLUMN chatsphere.training_jobs.available_at IS
'From when on a worker may take it: the end of the lease, or of the pause after a failure.
@internal';
COMMENT ON COLUMN chatsphere.training_jobs.attempts IS
'How often it was taken.
@internal';
COMMENT ON COLUMN chatsphere.training_jobs.lease_id IS
'What the worker shows who has it: a new one each time; NULL when nobody has it.
@internal';

ALTER TABLE chatsphere.training_jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.training_jobs FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.training_jobs
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.training_jobs
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
-- Sources are listed with their jobs: as the inner side of that join, a bare call runs once a row.
CREATE POLICY select_own ON chatsphere.training_jobs
FOR SELECT TO chatsphere_app USING (user_id = (SELECT kernel.user_uuid()));
CREATE POLICY select_worker ON chatsphere.training_jobs
FOR SELECT TO chatsphere_worker USING (true);
CREATE POLICY all_definer ON chatsphere.training_jobs
FOR ALL TO chatsphere_definer USING (true) WITH CHECK (true);

GRANT SELECT (user_id, chatbot_id, source_id, available_at, attempts)
ON chatsphere.training_jobs TO chatsphere_app, chatsphere_worker;
GRANT
    SELECT,
    INSERT (user_id, chatbot_id, source_id),
    UPDATE (available_at, attempts, lease_id),
    DELETE
ON chatsphere.training_jobs TO chatsphere_definer;

INSERT INTO kernel.job (name, function_name, schedule)
VALUES ('chatsphere_bury_sources', 'chatsphere.bury_sources()', '1 minute')
ON CONFLICT DO NOTHING;
