-- What people agree to, word by word, and who agreed to what.
-- depends: 0051.kernel.mend-index-finding
-- locks: ACCESS EXCLUSIVE on kernel.erasure_step, for an instant: its rows are few

-- Erasures have one more step; the table has a dozen rows for each erasure that runs.
-- squawk-ignore ban-drop-constraint
ALTER TABLE kernel.erasure_step DROP CONSTRAINT erasure_step_kind_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE kernel.erasure_step ADD CONSTRAINT erasure_step_kind_check CHECK (
    kind IN (
        'tokens', 'cut', 'rows', 'counters', 'audit', 'keys', 'consents', 'views',
        'statistics', 'scan', 'forget', 'vacuum'
    )
);
COMMENT ON COLUMN kernel.erasure_step.kind IS
'tokens: remember what to look for. cut: empty columns of foreign keys that go round in a circle.
rows: delete or change the rows of a table. counters, audit, keys, consents: what the kernel keeps.
views: refresh materialised views. statistics: ANALYZE. scan: look for what was remembered, everywhere.
forget: what was remembered. vacuum: what is dead goes from the files.';

CREATE TABLE kernel.consent_text (
    app text NOT NULL,
    purpose text NOT NULL,
    version integer NOT NULL,
    language text NOT NULL,
    body text NOT NULL,
    is_material boolean NOT NULL,
    published_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT consent_text_pkey PRIMARY KEY (app, purpose, version),
    CONSTRAINT consent_text_app_length_check CHECK (length(app) BETWEEN 1 AND 63),
    CONSTRAINT consent_text_purpose_check CHECK (purpose ~ '^[a-z][a-z0-9_]{0,62}$'),
    CONSTRAINT consent_text_version_check CHECK (version > 0),
    CONSTRAINT consent_text_language_check
        CHECK (length(language) <= 35 AND language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
    CONSTRAINT consent_text_body_length_check CHECK (length(body) BETWEEN 1 AND 100000)
);

COMMENT ON TABLE kernel.consent_text IS
'What people are asked to agree to, word by word. A new wording is a new version, written by
kernel.publish_consent_text(); what was published stays as it is. Versions count by app and purpose
over all languages; a newer one takes the place of older ones in its own language.';
COMMENT ON COLUMN kernel.consent_text.app IS
'The app.';
COMMENT ON COLUMN kernel.consent_text.purpose IS
'What the data is to be used for, as a name that code uses.';
COMMENT ON COLUMN kernel.consent_text.version IS
'Number of the wording, from 1.';
COMMENT ON COLUMN kernel.consent_text.language IS
'Language of the wording: a tag as en, pt-BR.';
COMMENT ON COLUMN kernel.consent_text.body IS
'The wording, as it is shown.';
COMMENT ON COLUMN kernel.consent_text.is_material IS
'Whether it says something else than the ones before in this language: who agreed to those has to be
asked again. False for a corrected spelling.';
COMMENT ON COLUMN kernel.consent_text.published_at IS
'Since when it can be agreed to.';

ALTER TABLE kernel.consent_text ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.consent_text FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.consent_text
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON kernel.consent_text
AS RESTRICTIVE FOR ALL TO strongroom_client, strongroom_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
-- Who has no identity yet may read what there is to agree to.
CREATE POLICY select_served ON kernel.consent_text
FOR SELECT TO strongroom_client USING (app = kernel.served_app());
CREATE POLICY select_trusted ON kernel.consent_text
FOR SELECT TO strongroom_client USING (app = kernel.trusted_app());
CREATE POLICY select_runner ON kernel.consent_text
FOR SELECT TO strongroom_runner USING (true);
CREATE POLICY select_definer ON kernel.consent_text
FOR SELECT TO strongroom_definer USING (true);
CREATE POLICY insert_definer ON kernel.consent_text
FOR INSERT TO strongroom_definer WITH CHECK (true);

GRANT SELECT ON kernel.consent_text TO strongroom_client, strongroom_runner;
GRANT SELECT, INSERT (app, purpose, version, language, body, is_material)
ON kernel.consent_text TO strongroom_definer;

CREATE TRIGGER t10_refuse_rewriting
BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel.consent_text
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_rewriting ON kernel.consent_text IS
'What people agreed to stays as they read it.';

CREATE TABLE kernel.consent_event (
    id bigint GENERATED ALWAYS AS IDENTITY,
    app text NOT NULL,
    subject text,
    purpose text NOT NULL,
    version integer NOT NULL,
    language text NOT NULL,
    granted boolean NOT NULL,
    -- By the clock, so that the order of events is that of their numbers.
    given_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    method text NOT NULL,
    evidence jsonb NOT NULL DEFAULT '{}',
    pseudonym bytea,
    key_id text,
    erased_at timestamptz,
    CONSTRAINT consent_event_pkey PRIMARY KEY (id),
    CONSTRAINT consent_event_wording_fkey FOREIGN KEY (app, purpose, version)
        REFERENCES kernel.consent_text (app, purpose, version),
    CONSTRAINT consent_event_subject_length_check CHECK (length(subject) BETWEEN 1 AND 200),
    CONSTRAINT consent_event_actor_length_check CHECK (length(actor) BETWEEN 1 AND 200),
    -- A name that code gives, in which nobody can be told of.
    CONSTRAINT consent_event_method_check CHECK (method ~ '^[a-z][a-z0-9_]{0,62}$'),
    CONSTRAINT consent_event_evidence_check CHECK (
        jsonb_typeof(evidence) = 'object'
        AND octet_length(evidence::text) <= 2000
        AND NOT evidence @? '$.* ? (@.type() == "object" || @.type() == "array")'
    ),
    CONSTRAINT consent_event_pseudonym_length_check
        CHECK (octet_length(pseudonym) BETWEEN 16 AND 64),
    CONSTRAINT consent_event_key_id_length_check CHECK (length(key_id) BETWEEN 1 AND 200),
    -- Of an erased person stays that somebody agreed to what, when and how.
    CONSTRAINT consent_event_erasure_check CHECK (
        CASE
            WHEN subject IS NOT NULL THEN num_nonnulls(pseudonym, key_id, erased_at) = 0
            ELSE num_nulls(pseudonym, key_id, erased_at) = 0 AND evidence = '{}'
        END
    )
);

-- The planner's statistics hold values, and are not emptied with the row.
ALTER TABLE kernel.consent_event ALTER COLUMN subject SET STATISTICS 0;
ALTER TABLE kernel.consent_event ALTER COLUMN evidence SET STATISTICS 0;

CREATE INDEX consent_event_app_subject_purpose_id_idx
ON kernel.consent_event (app, subject, purpose, id);

-- Who agreed to a wording.
CREATE INDEX consent_event_app_purpose_version_idx
ON kernel.consent_event (app, purpose, version);

CREATE INDEX consent_event_pseudonym_idx ON kernel.consent_event (pseudonym)
WHERE pseudonym IS NOT NULL;

CREATE INDEX consent_event_erased_at_idx ON kernel.consent_event (erased_at)
WHERE erased_at IS NOT NULL;

COMMENT ON TABLE kernel.consent_event IS
'Each consent that was given or withdrawn: by whom, to which wording, when and how. The newest event
of a person and purpose is what holds. Append only. It refers to no person: when one is erased, the
events stay under a keyed pseudonym for three years, without what else they tell.';
COMMENT ON COLUMN kernel.consent_event.id IS
'Number of the event, rising with time for each person.';
COMMENT ON COLUMN kernel.consent_event.app IS
'The app.';
COMMENT ON COLUMN kernel.consent_event.subject IS
'The person: the user id as PostgreSQL writes it. NULL once the person is erased.';
COMMENT ON COLUMN kernel.consent_event.purpose IS
'What the data may be used for.';
COMMENT ON COLUMN kernel.consent_event.version IS
'The wording: the one that was shown, or that the person had agreed to before.';
COMMENT ON COLUMN kernel.consent_event.language IS
'The language of the wording.';
COMMENT ON COLUMN kernel.consent_event.granted IS
'True: given; false: withdrawn.';
COMMENT ON COLUMN kernel.consent_event.given_at IS
'When, by the clock.';
COMMENT ON COLUMN kernel.consent_event.actor IS
'person, for what came through the app; else the actor of the worker''s transaction, or its role. Of
an erased person: person or worker.';
COMMENT ON COLUMN kernel.consent_event.method IS
'How it was said, as a name that code uses: a checkbox, a spoken yes, a letter.';
COMMENT ON COLUMN kernel.consent_event.evidence IS
'What else proves it: a flat object without personal data, as the build of the app, or a keyed hash of
an address. Emptied when the person is erased.';
COMMENT ON COLUMN kernel.consent_event.pseudonym IS
'Of an erased person: HMAC of app and person under a key that is outside the database.';
COMMENT ON COLUMN kernel.consent_event.key_id IS
'Which key.';
COMMENT ON COLUMN kernel.consent_event.erased_at IS
'When the person was erased; three years later kernel.tend_requests() removes the event.';

ALTER TABLE kernel.consent_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.consent_event FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.consent_event
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON kernel.consent_event
AS RESTRICTIVE FOR ALL TO strongroom_client, strongroom_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON kernel.consent_event
FOR SELECT TO strongroom_client USING (app = kernel.served_app() AND subject = kernel.user_text());
CREATE POLICY select_trusted ON kernel.consent_event
FOR SELECT TO strongroom_client USING (app = kernel.trusted_app());
CREATE POLICY select_runner ON kernel.consent_event
FOR SELECT TO strongroom_runner USING (true);
CREATE POLICY select_definer ON kernel.consent_event
FOR SELECT TO strongroom_definer USING (true);
CREATE POLICY insert_definer ON kernel.consent_event
FOR INSERT TO strongroom_definer WITH CHECK (subject IS NOT NULL);

-- Who of the staff wrote it down is their personal data.
GRANT SELECT (id, app, subject, purpose, version, language, granted, given_at, method, evidence)
ON kernel.consent_event TO strongroom_client;
GRANT SELECT ON kernel.consent_event TO strongroom_runner;
GRANT
    SELECT (id, app, subject, purpose, version, language, granted),
    INSERT (app, subject, purpose, version, language, granted, actor, method, evidence)
ON kernel.consent_event TO strongroom_definer;

CREATE TRIGGER t10_refuse_rewriting
BEFORE UPDATE ON kernel.consent_event
FOR EACH ROW
-- What an erasure does: the evidence is emptied and staff forgotten; then the person is.
WHEN (
    OLD.subject IS NULL
    OR NEW.subject <> OLD.subject
    OR NEW.evidence NOT IN (OLD.evidence, '{}')
    OR NEW.actor NOT IN (OLD.actor, 'worker')
    OR (
        NEW.id, NEW.app, NEW.purpose, NEW.version, NEW.language, NEW.granted, NEW.given_at, NEW.method
    ) IS DISTINCT FROM (
        OLD.id, OLD.app, OLD.purpose, OLD.version, OLD.language, OLD.granted, OLD.given_at, OLD.method
    )
)
EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_rewriting ON kernel.consent_event IS
'What was said stays as written, but for what erasure makes it forget.';

CREATE TRIGGER t10_refuse_removal
BEFORE DELETE ON kernel.consent_event
FOR EACH ROW
WHEN (OLD.erased_at IS NULL OR OLD.erased_at > now() - interval '3 years')
EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_removal ON kernel.consent_event IS
'What was said stays known while the person is, and for three years after.';

CREATE TRIGGER t10_refuse_truncate
BEFORE TRUNCATE ON kernel.consent_event
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_truncate ON kernel.consent_event IS
'What was said stays known while the person is, and for three years after.';

CREATE VIEW kernel.my_consents WITH (security_invoker = true) AS
SELECT
    newest.purpose,
    newest.granted AND NOT newer.is_material AS is_in_force,
    newest.granted,
    newest.version,
    newest.language,
    newest.given_at,
    newest.method,
    newer.version AS newer_version,
    newest.granted AND newer.is_material AS must_be_renewed
FROM (
    SELECT DISTINCT ON (e.purpose)
        e.purpose, e.granted, e.version, e.language, e.given_at, e.method
    FROM kernel.consent_event AS e
    WHERE e.app = kernel.current_app() AND e.subject = kernel.user_text()
    ORDER BY e.purpose, e.id DESC
) AS newest
CROSS JOIN LATERAL (
    SELECT max(t.version) AS version, coalesce(bool_or(t.is_material), false) AS is_material
    FROM kernel.consent_text AS t
    WHERE t.app = kernel.current_app()
      AND t.purpose = newest.purpose
      AND t.language = newest.language
      AND t.version > newest.version
) AS newer;

COMMENT ON VIEW kernel.my_consents IS
'What the person of this transaction has agreed to in this app, a row a purpose: the newest event,
and whether a newer wording waits in its language. Purposes that they never spoke on are not there.';
COMMENT ON COLUMN kernel.my_consents.purpose IS
'What the data may be used for.';
COMMENT ON COLUMN kernel.my_consents.is_in_force IS
'Whether there is consent now: what kernel.has_consent() says.';
COMMENT ON COLUMN kernel.my_consents.granted IS
'What the newest event says: given, or withdrawn.';
COMMENT ON COLUMN kernel.my_consents.version IS
'The wording that it is about.';
COMMENT ON COLUMN kernel.my_consents.language IS
'The language of that wording.';
COMMENT ON COLUMN kernel.my_consents.given_at IS
'When it was said.';
COMMENT ON COLUMN kernel.my_consents.method IS
'How it was said.';
COMMENT ON COLUMN kernel.my_consents.newer_version IS
'The newest wording in this language, where it is newer; else NULL.';
COMMENT ON COLUMN kernel.my_consents.must_be_renewed IS
'Whether the consent no longer counts because a newer wording says something else.';

GRANT SELECT ON kernel.my_consents TO strongroom_client;

CREATE VIEW kernel.current_consent_text WITH (security_invoker = true) AS
SELECT DISTINCT ON (t.purpose, t.language)
    t.purpose, t.language, t.version, t.body, t.is_material, t.published_at
FROM kernel.consent_text AS t
WHERE t.app = kernel.current_app()
ORDER BY t.purpose, t.language, t.version DESC;

COMMENT ON VIEW kernel.current_consent_text IS
'The newest wording of each purpose of this app, in each language that it has: what to show.';
COMMENT ON COLUMN kernel.current_consent_text.purpose IS
'What the data is to be used for.';
COMMENT ON COLUMN kernel.current_consent_text.language IS
'Language of the wording.';
COMMENT ON COLUMN kernel.current_consent_text.version IS
'Number of the wording: what kernel.give_consent() wants.';
COMMENT ON COLUMN kernel.current_consent_text.body IS
'The wording.';
COMMENT ON COLUMN kernel.current_consent_text.is_material IS
'Whether who agreed to earlier ones has to be asked again.';
COMMENT ON COLUMN kernel.current_consent_text.published_at IS
'Since when it can be agreed to.';

GRANT SELECT ON kernel.current_consent_text TO strongroom_client;
