CREATE TABLE kernel.request_policy (
    app text NOT NULL,
    four_eyes boolean NOT NULL DEFAULT false,
    code_lifetime interval NOT NULL DEFAULT '1 day',
    max_attempts smallint NOT NULL DEFAULT 5,
    operator text,
    operator_address text,
    CONSTRAINT request_policy_pkey PRIMARY KEY (app),
    CONSTRAINT request_policy_code_lifetime_check
        CHECK (code_lifetime BETWEEN '1 minute' AND '30 days'),
    CONSTRAINT request_policy_max_attempts_check CHECK (max_attempts BETWEEN 1 AND 100)
);

COMMENT ON TABLE kernel.request_policy IS
'How an app treats the requests of its people. An app without a row has the defaults. A DBA tunes it
as strongroom_owner.';
COMMENT ON COLUMN kernel.request_policy.app IS
'The app.';
COMMENT ON COLUMN kernel.request_policy.four_eyes IS
'Whether a request needs two members of staff: who approves it is not who opened it.';
COMMENT ON COLUMN kernel.request_policy.code_lifetime IS
'How long the code may be used that a person confirms a request by.';
COMMENT ON COLUMN kernel.request_policy.max_attempts IS
'How many codes may be tried for one request, over all codes that were sent.';
COMMENT ON COLUMN kernel.request_policy.operator IS
'Who is responsible for the data, as acts of destruction name them.';
COMMENT ON COLUMN kernel.request_policy.operator_address IS
'Where they are.';

ALTER TABLE kernel.request_policy ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.request_policy FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.request_policy
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.request_policy
FOR SELECT TO strongroom_runner USING (true);
CREATE POLICY select_definer ON kernel.request_policy
FOR SELECT TO strongroom_definer USING (true);

GRANT SELECT ON kernel.request_policy TO strongroom_runner, strongroom_definer;
