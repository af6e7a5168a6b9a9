CREATE TABLE kernel.erasure_trace (
    request_id uuid NOT NULL,
    relation_name text NOT NULL,
    column_name text NOT NULL,
    row_count bigint,
    found_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    accepted_at timestamptz,
    accepted_by text,
    accepted_reason text,
    CONSTRAINT erasure_trace_pkey PRIMARY KEY (request_id, relation_name, column_name),
    CONSTRAINT erasure_trace_request_id_fkey FOREIGN KEY (request_id)
        REFERENCES kernel.subject_request (id) ON DELETE CASCADE,
    CONSTRAINT erasure_trace_accepted_check
        CHECK (num_nulls(accepted_at, accepted_by, accepted_reason) IN (0, 3)),
    CONSTRAINT erasure_trace_accepted_reason_check
        CHECK (length(accepted_reason) BETWEEN 1 AND 2000)
);

COMMENT ON TABLE kernel.erasure_trace IS
'Where the search after an erasure found something of the person, in columns that nobody said it was
in. The erasure fails until nothing is found there, or staff says that it is somebody else''s.';
COMMENT ON COLUMN kernel.erasure_trace.request_id IS
'The request.';
COMMENT ON COLUMN kernel.erasure_trace.relation_name IS
'Schema and name of the table or materialised view.';
COMMENT ON COLUMN kernel.erasure_trace.column_name IS
'The column; empty where that can''t be said.';
COMMENT ON COLUMN kernel.erasure_trace.row_count IS
'In how many rows, or of the statistics; NULL where the place can''t be read whole.';
COMMENT ON COLUMN kernel.erasure_trace.found_at IS
'When it was found last.';
COMMENT ON COLUMN kernel.erasure_trace.accepted_at IS
'When staff looked at it, and said that it stays.';
COMMENT ON COLUMN kernel.erasure_trace.accepted_by IS
'Who.';
COMMENT ON COLUMN kernel.erasure_trace.accepted_reason IS
'Why. No names.';

ALTER TABLE kernel.erasure_trace ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.erasure_trace FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.erasure_trace
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.erasure_trace
FOR SELECT TO strongroom_runner USING (true);

GRANT SELECT ON kernel.erasure_trace TO strongroom_runner;
