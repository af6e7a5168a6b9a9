-- Tables with sealed columns of every type, in the schema of an app that has roles and users.

CREATE TYPE tarot.address AS (street text, number integer);

CREATE TABLE tarot.vault (
    user_id bigint NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    a_text kernel.sealed NOT NULL,
    a_date kernel.sealed,
    a_time kernel.sealed,
    a_timestamp kernel.sealed,
    a_timestamptz kernel.sealed,
    a_numeric kernel.sealed,
    an_integer kernel.sealed,
    a_double kernel.sealed,
    a_boolean kernel.sealed,
    a_uuid kernel.sealed,
    a_bytea kernel.sealed,
    a_jsonb kernel.sealed,
    home kernel.sealed,
    email kernel.sealed,
    email_index bytea,
    CONSTRAINT vault_pkey PRIMARY KEY (user_id, id)
);
COMMENT ON TABLE tarot.vault IS 'What is locked up.';
COMMENT ON COLUMN tarot.vault.a_text IS E'Text.\n@personal note\n@sealed text vault_text vault pad 64';
COMMENT ON COLUMN tarot.vault.a_date IS E'Date.\n@personal note\n@sealed date vault_date vault';
COMMENT ON COLUMN tarot.vault.a_time IS E'Time.\n@personal note\n@sealed time vault_time vault';
COMMENT ON COLUMN tarot.vault.a_timestamp IS E'Moment.\n@sealed timestamp vault_moment vault';
COMMENT ON COLUMN tarot.vault.a_timestamptz IS E'Instant.\n@sealed timestamptz vault_instant vault';
COMMENT ON COLUMN tarot.vault.a_numeric IS E'Number.\n@sealed numeric vault_numeric vault';
COMMENT ON COLUMN tarot.vault.an_integer IS E'Whole.\n@sealed integer vault_integer vault';
COMMENT ON COLUMN tarot.vault.a_double IS E'Float.\n@sealed double vault_double vault';
COMMENT ON COLUMN tarot.vault.a_boolean IS E'Flag.\n@sealed boolean vault_boolean vault';
COMMENT ON COLUMN tarot.vault.a_uuid IS E'Id.\n@sealed uuid vault_uuid vault';
COMMENT ON COLUMN tarot.vault.a_bytea IS E'Bytes.\n@sealed bytea vault_bytea vault';
COMMENT ON COLUMN tarot.vault.a_jsonb IS E'Document.\n@sealed jsonb vault_jsonb vault';
COMMENT ON COLUMN tarot.vault.home IS E'Address.\n@sealed jsonb vault_home vault\n@json tarot.address';
COMMENT ON COLUMN tarot.vault.email IS E'E-mail.\n@sealed text vault_email mail';
COMMENT ON COLUMN tarot.vault.email_index IS E'Its index.\n@blind email mail_index';

CREATE TABLE tarot.vault_parts (
    user_id bigint NOT NULL,
    id bigint NOT NULL,
    vault_id bigint NOT NULL,
    part kernel.sealed,
    CONSTRAINT vault_parts_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT vault_parts_once_key UNIQUE (user_id, vault_id, id)
);
COMMENT ON COLUMN tarot.vault_parts.part IS E'Part.\n@sealed text vault_part vault';

CREATE TABLE tarot.vault_tokens (
    name text CONSTRAINT vault_tokens_pkey PRIMARY KEY,
    token kernel.sealed
);
COMMENT ON COLUMN tarot.vault_tokens.token IS E'Of nobody.\n@internal\n@sealed text vault_token vendor';

CREATE TABLE tarot.vault_letters (
    id bigint CONSTRAINT vault_letters_pkey PRIMARY KEY,
    sender_id bigint NOT NULL,
    receiver_id bigint NOT NULL,
    body kernel.sealed
);
COMMENT ON COLUMN tarot.vault_letters.sender_id IS E'Who wrote it.\n@internal\n@subject';
COMMENT ON COLUMN tarot.vault_letters.receiver_id IS E'To whom.\n@internal\n@subject';
COMMENT ON COLUMN tarot.vault_letters.body IS E'Letter.\n@sealed text vault_letter vault';

-- COPY is refused where row level security is on.
CREATE TABLE tarot.vault_imports (
    user_id bigint NOT NULL,
    id bigint NOT NULL,
    a_text kernel.sealed,
    CONSTRAINT vault_imports_pkey PRIMARY KEY (user_id, id)
);
COMMENT ON COLUMN tarot.vault_imports.a_text IS E'Text.\n@sealed text vault_import vault';
GRANT SELECT, INSERT ON tarot.vault_imports TO tarot_worker;
SELECT kernel.guard_sealed('tarot.vault_imports');

CREATE VIEW tarot.open_vault WITH (security_invoker = true) AS
SELECT v.user_id AS owner, v.id AS number, v.a_text AS text, v.a_date FROM tarot.vault AS v;

ALTER TABLE tarot.vault ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE tarot.vault_parts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE tarot.vault_letters ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE tarot.vault_tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.vault TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_owner ON tarot.vault_parts TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_owner ON tarot.vault_tokens TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY own ON tarot.vault TO tarot_app
USING (user_id = kernel.user_bigint()) WITH CHECK (user_id = kernel.user_bigint());
CREATE POLICY own ON tarot.vault_parts TO tarot_app
USING (user_id = kernel.user_bigint()) WITH CHECK (user_id = kernel.user_bigint());
CREATE POLICY own ON tarot.vault_letters TO tarot_app
USING (kernel.user_bigint() IN (sender_id, receiver_id))
WITH CHECK (sender_id = kernel.user_bigint());
CREATE POLICY worker ON tarot.vault_letters TO tarot_worker USING (true) WITH CHECK (true);
CREATE POLICY worker ON tarot.vault TO tarot_worker USING (true) WITH CHECK (true);
CREATE POLICY worker ON tarot.vault_tokens TO tarot_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON tarot.vault TO tarot_app, tarot_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON tarot.vault_parts TO tarot_app;
GRANT SELECT, INSERT ON tarot.vault_letters TO tarot_app, tarot_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON tarot.vault_tokens TO tarot_worker;
GRANT SELECT ON tarot.open_vault TO tarot_app;
SELECT kernel.guard_sealed('tarot.vault');
SELECT kernel.guard_sealed('tarot.vault_parts');
SELECT kernel.guard_sealed('tarot.vault_tokens');
SELECT kernel.guard_sealed('tarot.vault_letters');
