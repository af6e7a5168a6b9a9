-- Takes the history of runs with it, and how a DBA tuned the jobs.

DROP PROCEDURE IF EXISTS kernel.run_jobs();
DROP FUNCTION IF EXISTS
    kernel.job_problem(text),
    kernel.job_function(text),
    kernel.next_due(timestamptz, interval, timestamptz),
    kernel.due_jobs(timestamptz),
    kernel.end_job_run(bigint, text, text),
    kernel.begin_job_run(text, timestamptz, boolean),
    kernel.record_job_batch(bigint, bigint),
    kernel.run_job_batch(bigint),
    kernel.close_lost_runs(),
    kernel.run_due_jobs(integer, timestamptz),
    kernel.trim_job_runs();
DROP TABLE kernel.job_run;
DROP TABLE kernel.job;
