CREATE TABLE kernel.subject_request_event (
    request_id uuid NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    from_state text,
    to_state text NOT NULL,
    happened_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    actor text NOT NULL,
    login text NOT NULL DEFAULT SESSION_USER,
    reason text,
    CONSTRAINT subject_request_event_pkey PRIMARY KEY (request_id, id),
    CONSTRAINT subject_request_event_request_id_fkey FOREIGN KEY (request_id)
        REFERENCES kernel.subject_request (id) ON DELETE RESTRICT
);

COMMENT ON TABLE kernel.subject_request_event IS
'Each step of each request: from where, whereto, when, by whom and why. Only grows, until the request
itself goes after three years.';
COMMENT ON COLUMN kernel.subject_request_event.request_id IS
'The request.';
COMMENT ON COLUMN kernel.subject_request_event.id IS
'Number of the event, rising with time.';
COMMENT ON COLUMN kernel.subject_request_event.from_state IS
'The state before; NULL where the request began.';
COMMENT ON COLUMN kernel.subject_request_event.to_state IS
'The state after.';
COMMENT ON COLUMN kernel.subject_request_event.happened_at IS
'When: the transaction.';
COMMENT ON COLUMN kernel.subject_request_event.actor IS
'Who: person, for what came through the app; else the actor of the transaction, else the login.';
COMMENT ON COLUMN kernel.subject_request_event.login IS
'The login, as the server knows it.';
COMMENT ON COLUMN kernel.subject_request_event.reason IS
'Why, where the new state has a reason.';

ALTER TABLE kernel.subject_request_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.subject_request_event FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.subject_request_event
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.subject_request_event
FOR SELECT TO strongroom_runner USING (true);
CREATE POLICY insert_definer ON kernel.subject_request_event
FOR INSERT TO strongroom_definer WITH CHECK (true);

GRANT SELECT ON kernel.subject_request_event TO strongroom_runner;
GRANT INSERT (request_id, from_state, to_state, actor, reason)
ON kernel.subject_request_event TO strongroom_definer;

CREATE TRIGGER t10_refuse_rewriting
BEFORE UPDATE OR TRUNCATE ON kernel.subject_request_event
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_rewriting ON kernel.subject_request_event IS
'What happened stays as written.';

CREATE TRIGGER t10_refuse_removal
BEFORE DELETE ON kernel.subject_request_event
FOR EACH ROW
WHEN (OLD.happened_at > now() - interval '3 years')
EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_removal ON kernel.subject_request_event IS
'What happened stays known for three years.';
