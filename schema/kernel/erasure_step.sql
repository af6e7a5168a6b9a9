CREATE TABLE kernel.erasure_step (
    request_id uuid NOT NULL,
    id integer NOT NULL,
    kind text NOT NULL,
    relation regclass,
    action text,
    condition text,
    assignment text,
    pending text,
    state text NOT NULL DEFAULT 'waiting',
    row_count bigint NOT NULL DEFAULT 0,
    kept_count bigint NOT NULL DEFAULT 0,
    round integer NOT NULL DEFAULT 1,
    finished_at timestamptz,
    CONSTRAINT erasure_step_pkey PRIMARY KEY (request_id, id),
    CONSTRAINT erasure_step_request_id_fkey FOREIGN KEY (request_id)
        REFERENCES kernel.subject_request (id) ON DELETE CASCADE,
    CONSTRAINT erasure_step_kind_check CHECK (
        kind IN (
            'tokens', 'cut', 'rows', 'counters', 'audit', 'keys', 'consents', 'views',
            'statistics', 'scan', 'forget', 'vacuum'
        )
    ),
    CONSTRAINT erasure_step_relation_check
        CHECK ((relation IS NOT NULL) = (kind IN ('cut', 'rows'))),
    CONSTRAINT erasure_step_action_check CHECK (
        CASE
            WHEN kind <> 'rows' THEN action IS NULL AND pending IS NULL
            ELSE action IN ('delete', 'change', 'keep') AND condition IS NOT NULL
                AND pending IS NOT NULL AND (action = 'change') = (assignment IS NOT NULL)
        END
    ),
    CONSTRAINT erasure_step_state_check CHECK (state IN ('waiting', 'held', 'done')),
    CONSTRAINT erasure_step_count_check CHECK (row_count >= 0 AND kept_count >= 0 AND round >= 1),
    CONSTRAINT erasure_step_finished_at_check CHECK ((state = 'done') = (finished_at IS NOT NULL))
);

COMMENT ON TABLE kernel.erasure_step IS
'What is to be done for an erasure, in order, and how far that is; it holds nothing of the person.';
COMMENT ON COLUMN kernel.erasure_step.request_id IS
'The request.';
COMMENT ON COLUMN kernel.erasure_step.id IS
'Its place in the order, from 1.';
COMMENT ON COLUMN kernel.erasure_step.kind IS
'tokens: remember what to look for. cut: empty columns of foreign keys that go round in a circle.
rows: delete or change the rows of a table. counters, audit, keys, consents: what the kernel keeps.
views: refresh materialised views. statistics: ANALYZE. scan: look for what was remembered, everywhere.
forget: what was remembered. vacuum: what is dead goes from the files.';
COMMENT ON COLUMN kernel.erasure_step.relation IS
'The table, of cut and rows.';
COMMENT ON COLUMN kernel.erasure_step.action IS
'delete, change or keep, of rows; as kernel.erasure_plan() said when the step was planned last.';
COMMENT ON COLUMN kernel.erasure_step.condition IS
'SQL over rows t and the person $1: which rows.';
COMMENT ON COLUMN kernel.erasure_step.assignment IS
'SQL: what an UPDATE sets.';
COMMENT ON COLUMN kernel.erasure_step.pending IS
'SQL over rows t and $1: which of the rows are not erased yet.';
COMMENT ON COLUMN kernel.erasure_step.state IS
'waiting, held (by a legal hold on rows), done.';
COMMENT ON COLUMN kernel.erasure_step.row_count IS
'How many rows it changed, over all rounds.';
COMMENT ON COLUMN kernel.erasure_step.kept_count IS
'How many rows stay as they are, for a reason that the table gives.';
COMMENT ON COLUMN kernel.erasure_step.round IS
'How often it had to begin anew, because something was written meanwhile.';
COMMENT ON COLUMN kernel.erasure_step.finished_at IS
'When it was done, by the clock.';

ALTER TABLE kernel.erasure_step ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.erasure_step FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.erasure_step
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.erasure_step
FOR SELECT TO strongroom_runner USING (true);

GRANT SELECT ON kernel.erasure_step TO strongroom_runner;
