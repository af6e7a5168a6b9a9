CREATE TABLE kernel.accepted_finding (
    cache_key text NOT NULL,
    reason text NOT NULL,
    accepted_by text NOT NULL DEFAULT SESSION_USER,
    accepted_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamptz NOT NULL,
    CONSTRAINT accepted_finding_pkey PRIMARY KEY (cache_key),
    CONSTRAINT accepted_finding_reason_length_check CHECK (length(reason) BETWEEN 10 AND 1000),
    CONSTRAINT accepted_finding_expires_at_check
    CHECK (expires_at > accepted_at AND isfinite(expires_at))
);

COMMENT ON TABLE kernel.accepted_finding IS
'Findings that somebody decided to live with until a day. They are hidden till then, and after it
they are shown again.';
COMMENT ON COLUMN kernel.accepted_finding.cache_key IS 'The finding: its cache_key.';
COMMENT ON COLUMN kernel.accepted_finding.reason IS 'Why it is right to live with it.';
COMMENT ON COLUMN kernel.accepted_finding.accepted_by IS 'Who decided.';
COMMENT ON COLUMN kernel.accepted_finding.accepted_at IS 'When.';
COMMENT ON COLUMN kernel.accepted_finding.expires_at IS 'When it is shown again.';

ALTER TABLE kernel.accepted_finding ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.accepted_finding FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.accepted_finding
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_watch ON kernel.accepted_finding
FOR SELECT TO strongroom_runner, pg_monitor USING (true);

GRANT SELECT ON kernel.accepted_finding TO strongroom_runner, pg_monitor;
