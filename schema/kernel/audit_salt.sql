CREATE TABLE kernel.audit_salt (
    is_only boolean NOT NULL DEFAULT true,
    salt bytea NOT NULL,
    CONSTRAINT audit_salt_pkey PRIMARY KEY (is_only),
    CONSTRAINT audit_salt_is_only_check CHECK (is_only),
    CONSTRAINT audit_salt_salt_length_check CHECK (octet_length(salt) = 32)
);

COMMENT ON TABLE kernel.audit_salt IS
'What the hashes of personal values in the audit log are keyed by: one row, made with the table.';
COMMENT ON COLUMN kernel.audit_salt.is_only IS
'Always true: there is one row.';
COMMENT ON COLUMN kernel.audit_salt.salt IS
'32 random bytes. Another value, and no entry tells any longer whether a personal value changed.';

ALTER TABLE kernel.audit_salt ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.audit_salt FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.audit_salt
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_definer ON kernel.audit_salt
FOR SELECT TO strongroom_definer USING (true);

GRANT SELECT ON kernel.audit_salt TO strongroom_definer;

INSERT INTO kernel.audit_salt (salt)
VALUES (
    sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
)
ON CONFLICT DO NOTHING;
