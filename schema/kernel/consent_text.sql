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
