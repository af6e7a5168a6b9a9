-- Jobs: what maintenance runs, how often, and what came of it.
-- depends: 0004.kernel.watch-health
-- locks: none that anyone waits for; new tables

CREATE TABLE kernel.job (
    name text NOT NULL,
    id integer GENERATED ALWAYS AS IDENTITY,
    function_name text NOT NULL,
    schedule interval NOT NULL,
    timeout interval NOT NULL DEFAULT '1 minute',
    priority integer NOT NULL DEFAULT 100,
    is_enabled boolean NOT NULL DEFAULT true,
    keep_runs interval NOT NULL DEFAULT '30 days',
    next_due_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT job_pkey PRIMARY KEY (name),
    CONSTRAINT job_id_key UNIQUE (id),
    CONSTRAINT job_name_check CHECK (name ~ '^[a-z][a-z0-9_]{0,62}$'),
    CONSTRAINT job_function_name_check CHECK (
        function_name ~ '^.+\(\)$' AND cardinality(parse_ident(left(function_name, -2))) = 2
    ),
    -- Months have no length, and what is due is computed in seconds.
    CONSTRAINT job_schedule_check CHECK (
        schedule BETWEEN '1 second' AND '366 days'
        AND date_part('year', schedule) = 0 AND date_part('month', schedule) = 0
    ),
    CONSTRAINT job_timeout_check CHECK (timeout BETWEEN '100 milliseconds' AND '1 day'),
    CONSTRAINT job_keep_runs_check CHECK (keep_runs BETWEEN '1 hour' AND '10 years'),
    CONSTRAINT job_next_due_at_check CHECK (isfinite(next_due_at))
);

COMMENT ON TABLE kernel.job IS
'What maintenance runs, how often, and when next. A DBA tunes it as strongroom_owner.';
COMMENT ON COLUMN kernel.job.name IS
'Name of the job.';
COMMENT ON COLUMN kernel.job.id IS
'The second half of the job''s advisory lock.';
COMMENT ON COLUMN kernel.job.function_name IS
'The function, as schema.name(). It takes nothing, does one batch, and returns as bigint how much it
did, 0 when nothing is left. strongroom_runner must be able to call it.';
COMMENT ON COLUMN kernel.job.schedule IS
'Time from one run to the next; a missed run is not made up for.';
COMMENT ON COLUMN kernel.job.timeout IS
'How long a batch may take. A run that took as long begins no other batch.';
COMMENT ON COLUMN kernel.job.priority IS
'Of jobs that are due, the one with the smaller number goes first.';
COMMENT ON COLUMN kernel.job.is_enabled IS
'Whether it is run at all.';
COMMENT ON COLUMN kernel.job.keep_runs IS
'How long its runs are remembered; the last one always is.';
COMMENT ON COLUMN kernel.job.next_due_at IS
'When it is due next. Set it to now to have it run.';

ALTER TABLE kernel.job ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.job FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.job
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.job
FOR SELECT TO strongroom_runner USING (true);

GRANT SELECT ON kernel.job TO strongroom_runner;

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
