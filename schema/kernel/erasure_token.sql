CREATE TABLE kernel.erasure_token (
    request_id uuid NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    token text NOT NULL,
    CONSTRAINT erasure_token_pkey PRIMARY KEY (request_id, id),
    CONSTRAINT erasure_token_request_id_fkey FOREIGN KEY (request_id)
        REFERENCES kernel.subject_request (id) ON DELETE CASCADE
);

-- The planner's statistics would hold what is to be forgotten.
ALTER TABLE kernel.erasure_token ALTER COLUMN token SET STATISTICS 0;

COMMENT ON TABLE kernel.erasure_token IS
'What a person is looked for by after the erasure: names, texts, numbers. Only while it runs.';
COMMENT ON COLUMN kernel.erasure_token.request_id IS
'The request.';
COMMENT ON COLUMN kernel.erasure_token.id IS
'Number of the token.';
COMMENT ON COLUMN kernel.erasure_token.token IS
'A value that is the person''s.';

ALTER TABLE kernel.erasure_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.erasure_token FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.erasure_token
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
