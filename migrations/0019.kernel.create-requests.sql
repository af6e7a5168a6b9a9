-- What people ask for: to see, to correct or to erase what is held of them.
-- depends: 0018.kernel.keep-erasures
-- locks: none that anyone waits for; new tables and views

CREATE OR REPLACE VIEW kernel.held_subject
WITH (security_invoker = true)
AS
SELECT h.app, h.subject
FROM kernel.legal_hold AS h
WHERE h.released_at IS NULL AND h.subject IS NOT NULL;

COMMENT ON VIEW kernel.held_subject IS
'The people whom a legal hold keeps, one row a hold: whose rows nothing destroys, erasure neither.
Whatever destroys takes kernel.lock_pins() first.';
COMMENT ON COLUMN kernel.held_subject.app IS
'The app.';
COMMENT ON COLUMN kernel.held_subject.subject IS
'The person: the user id as PostgreSQL writes it.';

GRANT SELECT ON kernel.held_subject TO strongroom_runner;

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

CREATE TABLE kernel.calendar_day (
    day date NOT NULL,
    is_working boolean NOT NULL,
    CONSTRAINT calendar_day_pkey PRIMARY KEY (day),
    CONSTRAINT calendar_day_day_check CHECK (isfinite(day))
);

COMMENT ON TABLE kernel.calendar_day IS
'Days that are not what their weekday says: holidays, and Saturdays that are worked. Terms in working
days are counted by it. A DBA fills it once a year, as strongroom_owner; without rows every Monday to
Friday is a working day, so that a term ends too early rather than too late.';
COMMENT ON COLUMN kernel.calendar_day.day IS
'The day.';
COMMENT ON COLUMN kernel.calendar_day.is_working IS
'Whether people work on it.';

ALTER TABLE kernel.calendar_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.calendar_day FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.calendar_day
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.calendar_day
FOR SELECT TO strongroom_runner USING (true);
CREATE POLICY select_definer ON kernel.calendar_day
FOR SELECT TO strongroom_definer USING (true);

GRANT SELECT ON kernel.calendar_day TO strongroom_runner, strongroom_definer;

CREATE TABLE kernel.subject_request (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    app text NOT NULL,
    subject text,
    kind text NOT NULL,
    regime text NOT NULL,
    origin text NOT NULL,
    state text NOT NULL,
    state_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    state_reason text,
    requested_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    requested_by text NOT NULL,
    due_at timestamptz NOT NULL,
    extended_to timestamptz,
    extension_reason text,
    code_salt bytea,
    code_hash bytea,
    code_expires_at timestamptz,
    attempts smallint NOT NULL DEFAULT 0,
    verified_at timestamptz,
    approved_at timestamptz,
    approved_by text,
    started_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT subject_request_pkey PRIMARY KEY (id),
    CONSTRAINT subject_request_kind_check CHECK (kind IN ('access', 'rectification', 'erasure')),
    CONSTRAINT subject_request_regime_check CHECK (regime IN ('gdpr', 'fz152')),
    CONSTRAINT subject_request_origin_check
        CHECK (origin IN ('person', 'staff', 'retention', 'replay')),
    CONSTRAINT subject_request_state_check CHECK (
        state IN (
            'requested', 'verified', 'held', 'approved', 'running', 'done', 'failed', 'refused'
        )
    ),
    CONSTRAINT subject_request_subject_check CHECK (
        CASE WHEN state IN ('done', 'refused') THEN true ELSE subject IS NOT NULL END
    ),
    CONSTRAINT subject_request_reason_check CHECK (
        CASE
            WHEN state IN ('held', 'failed', 'refused')
                THEN state_reason IS NOT NULL AND length(state_reason) BETWEEN 1 AND 2000
            ELSE state_reason IS NULL
        END
    ),
    CONSTRAINT subject_request_extension_check CHECK (
        num_nulls(extended_to, extension_reason) IN (0, 2)
        AND (extended_to IS NULL OR extended_to > due_at)
        AND (extension_reason IS NULL OR length(extension_reason) BETWEEN 1 AND 2000)
    ),
    -- A code is used once: with the state that asks for it, it goes.
    CONSTRAINT subject_request_code_check CHECK (
        CASE
            WHEN state = 'requested' THEN num_nulls(code_salt, code_hash, code_expires_at) = 0
            ELSE num_nulls(code_salt, code_hash, code_expires_at) = 3
        END
    ),
    CONSTRAINT subject_request_code_length_check
        CHECK (octet_length(code_salt) = 16 AND octet_length(code_hash) = 32),
    CONSTRAINT subject_request_attempts_check CHECK (attempts >= 0),
    CONSTRAINT subject_request_times_check CHECK (
        (state IN ('requested', 'refused') OR verified_at IS NOT NULL)
        AND (state IN ('requested', 'verified', 'refused') OR approved_at IS NOT NULL)
        AND (state NOT IN ('running', 'done', 'failed') OR started_at IS NOT NULL)
        AND (approved_at IS NULL) = (approved_by IS NULL)
        AND (state IN ('done', 'refused')) = (ended_at IS NOT NULL)
    )
);

-- Whoever asks twice joins the request that is open.
CREATE UNIQUE INDEX subject_request_open_key
ON kernel.subject_request (app, subject, kind)
WHERE state NOT IN ('done', 'refused');

CREATE INDEX subject_request_app_subject_idx ON kernel.subject_request (app, subject)
WHERE subject IS NOT NULL;

CREATE INDEX subject_request_state_idx ON kernel.subject_request (state, code_expires_at)
WHERE state NOT IN ('done', 'refused');

CREATE INDEX subject_request_ended_at_idx ON kernel.subject_request (ended_at)
WHERE ended_at IS NOT NULL;

-- The planner's statistics hold values, and are not emptied with the row.
ALTER TABLE kernel.subject_request ALTER COLUMN subject SET STATISTICS 0;

COMMENT ON TABLE kernel.subject_request IS
'What people asked for: to see, to correct or to erase what is held of them, and how far that is.
kernel.is_request_move() says which steps a request can take. Refers to nobody; when a person is
erased, the record forgets who it was.';
COMMENT ON COLUMN kernel.subject_request.id IS
'Random, because strangers see it.';
COMMENT ON COLUMN kernel.subject_request.app IS
'The app.';
COMMENT ON COLUMN kernel.subject_request.subject IS
'The person: the user id as PostgreSQL writes it. NULL once the person is erased.';
COMMENT ON COLUMN kernel.subject_request.kind IS
'access, rectification or erasure.';
COMMENT ON COLUMN kernel.subject_request.regime IS
'Whose terms run: gdpr, or fz152, the Russian federal law 152 on personal data.';
COMMENT ON COLUMN kernel.subject_request.origin IS
'Who asks: the person, by the app; staff, for a person who wrote a letter; retention, for a person
whose time is over; replay, in a restored copy, for a person who was erased before.';
COMMENT ON COLUMN kernel.subject_request.state IS
'requested, verified, held, approved, running, done, failed or refused.';
COMMENT ON COLUMN kernel.subject_request.state_at IS
'Since when it is in this state.';
COMMENT ON COLUMN kernel.subject_request.state_reason IS
'Why it is held, failed or refused. No names.';
COMMENT ON COLUMN kernel.subject_request.requested_at IS
'When it was asked for; the term runs from here.';
COMMENT ON COLUMN kernel.subject_request.requested_by IS
'person, or who of the staff opened it.';
COMMENT ON COLUMN kernel.subject_request.due_at IS
'When it must be answered. No step and no retry changes it.';
COMMENT ON COLUMN kernel.subject_request.extended_to IS
'When it must be answered after the term was extended; NULL where it was not.';
COMMENT ON COLUMN kernel.subject_request.extension_reason IS
'Why the term was extended; the person is to be told.';
COMMENT ON COLUMN kernel.subject_request.code_salt IS
'Random bytes that the hash of the code begins with.';
COMMENT ON COLUMN kernel.subject_request.code_hash IS
'SHA-256 of salt and code. A code has 80 random bits, so a fast hash is enough.';
COMMENT ON COLUMN kernel.subject_request.code_expires_at IS
'Until when the code may be used.';
COMMENT ON COLUMN kernel.subject_request.attempts IS
'How many codes were tried that were wrong or came too late.';
COMMENT ON COLUMN kernel.subject_request.verified_at IS
'When it was confirmed that the person asks.';
COMMENT ON COLUMN kernel.subject_request.approved_at IS
'When staff agreed; after a retry, when they agreed again.';
COMMENT ON COLUMN kernel.subject_request.approved_by IS
'Who agreed: the actor of the transaction, else the login.';
COMMENT ON COLUMN kernel.subject_request.started_at IS
'When the first step of its execution began; what began can''t be refused any more.';
COMMENT ON COLUMN kernel.subject_request.ended_at IS
'When it was done or refused.';

ALTER TABLE kernel.subject_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.subject_request FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.subject_request
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.subject_request
FOR SELECT TO strongroom_runner USING (true);
-- For what the roles of apps call: the person of the transaction, and nobody else.
CREATE POLICY select_definer ON kernel.subject_request
FOR SELECT TO strongroom_definer USING (true);
CREATE POLICY insert_definer ON kernel.subject_request
FOR INSERT TO strongroom_definer WITH CHECK (origin = 'person' AND state = 'requested');
CREATE POLICY update_definer ON kernel.subject_request
FOR UPDATE TO strongroom_definer
USING (state = 'requested') WITH CHECK (state IN ('requested', 'verified', 'refused'));

GRANT SELECT (
    id, app, subject, kind, regime, origin, state, state_at, state_reason, requested_at,
    requested_by, due_at, extended_to, extension_reason, code_expires_at, attempts, verified_at,
    approved_at, approved_by, started_at, ended_at
)
ON kernel.subject_request TO strongroom_runner;
GRANT
    SELECT,
    INSERT (
        app, subject, kind, regime, origin, state, requested_by, due_at,
        code_salt, code_hash, code_expires_at
    ),
    UPDATE (
        state, state_reason, code_salt, code_hash, code_expires_at, attempts
    )
ON kernel.subject_request TO strongroom_definer;

CREATE TRIGGER t10_check_request
BEFORE INSERT OR UPDATE ON kernel.subject_request
FOR EACH ROW EXECUTE FUNCTION kernel.tg_check_request();

COMMENT ON TRIGGER t10_check_request ON kernel.subject_request IS
'A request takes the steps that it can take, and keeps who asked for what and until when.';

CREATE TRIGGER t10_refuse_removal
BEFORE DELETE ON kernel.subject_request
FOR EACH ROW
-- Three years, as long as the evidence.
WHEN (OLD.ended_at IS NULL OR OLD.ended_at > now() - interval '3 years')
EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_removal ON kernel.subject_request IS
'What was asked for, and what became of it, stays known for three years.';

CREATE TRIGGER t10_refuse_truncate
BEFORE TRUNCATE ON kernel.subject_request
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_truncate ON kernel.subject_request IS
'What was asked for, and what became of it, stays known for three years.';

CREATE TRIGGER t50_log_request
AFTER INSERT OR UPDATE OF state ON kernel.subject_request
FOR EACH ROW EXECUTE FUNCTION kernel.tg_log_request();

COMMENT ON TRIGGER t50_log_request ON kernel.subject_request IS
'Each step is written down.';

INSERT INTO kernel.job (name, function_name, schedule, priority)
VALUES ('tend_requests', 'kernel.tend_requests()', '10 minutes', 100)
ON CONFLICT DO NOTHING;

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
            'tokens', 'cut', 'rows', 'counters', 'audit', 'keys', 'views', 'statistics', 'scan',
            'forget', 'vacuum'
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
rows: delete or change the rows of a table. counters, audit, keys: what the kernel keeps. views:
refresh materialised views. statistics: ANALYZE. scan: look for what was remembered, everywhere.
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

CREATE TABLE kernel.erasure_evidence (
    id uuid NOT NULL,
    app text NOT NULL,
    pseudonym bytea NOT NULL,
    key_id text NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    act jsonb NOT NULL,
    log jsonb NOT NULL,
    keep_until timestamptz NOT NULL,
    CONSTRAINT erasure_evidence_pkey PRIMARY KEY (id),
    CONSTRAINT erasure_evidence_pseudonym_length_check
        CHECK (octet_length(pseudonym) BETWEEN 16 AND 64),
    CONSTRAINT erasure_evidence_key_id_length_check CHECK (length(key_id) BETWEEN 1 AND 200),
    CONSTRAINT erasure_evidence_act_check CHECK (jsonb_typeof(act) = 'object'),
    CONSTRAINT erasure_evidence_log_check CHECK (jsonb_typeof(log) = 'array'),
    CONSTRAINT erasure_evidence_keep_until_check
        CHECK (isfinite(keep_until) AND keep_until >= finished_at + interval '3 years')
);

CREATE INDEX erasure_evidence_keep_until_idx ON kernel.erasure_evidence (keep_until);

COMMENT ON TABLE kernel.erasure_evidence IS
'The proof of each erasure that was finished: an act, and the log of its steps. It refers to nothing
and names nobody: whose it is can be told by who has the key outside the database and the person''s
id. Append only, for three years.';
COMMENT ON COLUMN kernel.erasure_evidence.id IS
'Number of the request that was carried out.';
COMMENT ON COLUMN kernel.erasure_evidence.app IS
'The app.';
COMMENT ON COLUMN kernel.erasure_evidence.pseudonym IS
'HMAC of app and person under a key that is outside the database.';
COMMENT ON COLUMN kernel.erasure_evidence.key_id IS
'Which key.';
COMMENT ON COLUMN kernel.erasure_evidence.finished_at IS
'When nothing was left.';
COMMENT ON COLUMN kernel.erasure_evidence.act IS
'The act of destruction, with the fields of Roskomnadzor''s order 179 of 28 October 2022: operator,
system, categories of data, way, reason, date, who carried it out; besides, what was kept and why.';
COMMENT ON COLUMN kernel.erasure_evidence.log IS
'The export of the log: an object a step, with table, action, rows and time.';
COMMENT ON COLUMN kernel.erasure_evidence.keep_until IS
'Until when it can''t be removed; kernel.tend_requests() removes it then.';

ALTER TABLE kernel.erasure_evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.erasure_evidence FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.erasure_evidence
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.erasure_evidence
FOR SELECT TO strongroom_runner USING (true);

GRANT SELECT ON kernel.erasure_evidence TO strongroom_runner;

CREATE TRIGGER t10_refuse_rewriting
BEFORE UPDATE OR TRUNCATE ON kernel.erasure_evidence
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_rewriting ON kernel.erasure_evidence IS
'Proof stays as written.';

CREATE TRIGGER t10_refuse_removal
BEFORE DELETE ON kernel.erasure_evidence
FOR EACH ROW
WHEN (OLD.keep_until > now())
EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_removal ON kernel.erasure_evidence IS
'Proof stays for three years.';

CREATE OR REPLACE VIEW kernel.pinned_subject
WITH (security_invoker = true)
AS
SELECT h.app, h.subject
FROM kernel.held_subject AS h
UNION ALL
-- What somebody asked to see or to have erased is not to vanish unseen meanwhile.
SELECT r.app, r.subject
FROM kernel.subject_request AS r
WHERE r.state NOT IN ('done', 'refused');

COMMENT ON VIEW kernel.pinned_subject IS
'The people whose rows may not be destroyed by the way now, one row a reason: a legal hold, or an
open request of theirs. Retention and the expiry of partitions take kernel.lock_pins() first, then
leave the rows of these people alone; erasure asks kernel.held_subject.';
COMMENT ON COLUMN kernel.pinned_subject.app IS
'The app.';
COMMENT ON COLUMN kernel.pinned_subject.subject IS
'The person: the user id as PostgreSQL writes it.';

GRANT SELECT ON kernel.pinned_subject TO strongroom_runner;
