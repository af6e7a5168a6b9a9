CREATE TABLE kernel.job_run (
    id bigint GENERATED ALWAYS AS IDENTITY,
    job text NOT NULL,
    begun_at timestamptz NOT NULL,
    last_batch_at timestamptz NOT NULL,
    ended_at timestamptz,
    batches integer NOT NULL DEFAULT 0,
    done bigint NOT NULL DEFAULT 0,
    outcome text NOT NULL DEFAULT 'running',
    error_code text,
    backend_pid integer NOT NULL DEFAULT pg_backend_pid(),
    CONSTRAINT job_run_pkey PRIMARY KEY (id),
    CONSTRAINT job_run_job_fkey FOREIGN KEY (job)
        REFERENCES kernel.job (name) ON UPDATE CASCADE ON DELETE CASCADE,
    CONSTRAINT job_run_outcome_check CHECK (
        outcome IN (
            'running', 'done', 'more', 'stopped', 'failed', 'timeout', 'canceled', 'lost'
        )
    ),
    CONSTRAINT job_run_ended_at_check CHECK ((ended_at IS NULL) = (outcome = 'running')),
    CONSTRAINT job_run_error_code_check CHECK (error_code ~ '^[0-9A-Z]{5}$'),
    CONSTRAINT job_run_counts_check CHECK (batches >= 0 AND done >= 0)
);

CREATE INDEX job_run_job_idx ON kernel.job_run (job, id);

-- A job runs once at a time, whoever runs it.
CREATE UNIQUE INDEX job_run_running_key ON kernel.job_run (job) WHERE outcome = 'running';

COMMENT ON TABLE kernel.job_run IS
'What maintenance did: one row a run. Never personal data, so an error is its code alone.';
COMMENT ON COLUMN kernel.job_run.id IS
'Number of the run, rising with time.';
COMMENT ON COLUMN kernel.job_run.job IS
'Which job.';
COMMENT ON COLUMN kernel.job_run.begun_at IS
'When the run began.';
COMMENT ON COLUMN kernel.job_run.last_batch_at IS
'When its last batch ended, or the run began.';
COMMENT ON COLUMN kernel.job_run.ended_at IS
'When the run ended; of a lost run, when that was noticed.';
COMMENT ON COLUMN kernel.job_run.batches IS
'How many batches were finished.';
COMMENT ON COLUMN kernel.job_run.done IS
'How much the batches did, as the function counts.';
COMMENT ON COLUMN kernel.job_run.outcome IS
'running; done: nothing is left; more: its time was up; stopped: the runner was asked to end; failed:
an error; timeout: a batch took too long; canceled: someone canceled it; lost: the runner is gone.';
COMMENT ON COLUMN kernel.job_run.error_code IS
'SQLSTATE of the error that ended it. The words are in the server''s log.';
COMMENT ON COLUMN kernel.job_run.backend_pid IS
'Process of the server that ran it.';

ALTER TABLE kernel.job_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.job_run FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.job_run
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.job_run
FOR SELECT TO strongroom_runner USING (true);

GRANT SELECT ON kernel.job_run TO strongroom_runner;

INSERT INTO kernel.job (name, function_name, schedule, priority)
VALUES ('trim_job_runs', 'kernel.trim_job_runs()', '1 day', 900)
ON CONFLICT DO NOTHING;
