CREATE TABLE kernel.audit_shape (
    id bigint NOT NULL,
    columns jsonb NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT audit_shape_pkey PRIMARY KEY (id)
);

COMMENT ON TABLE kernel.audit_shape IS
'Which columns entries of the audit log speak of: one row for each list that was ever in force.
Written by kernel.enable_audit.';
COMMENT ON COLUMN kernel.audit_shape.id IS
'The first eight bytes of the SHA-256 of columns, so that a list can''t be exchanged unseen.';
COMMENT ON COLUMN kernel.audit_shape.columns IS
'app and relation, and the names of columns: key, subject, plain (values are kept), personal (only
commitments to them are).';
COMMENT ON COLUMN kernel.audit_shape.recorded_at IS
'When the list was first in force here.';

ALTER TABLE kernel.audit_shape ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.audit_shape FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.audit_shape
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_reader ON kernel.audit_shape
FOR SELECT TO strongroom_auditor, strongroom_definer USING (true);

GRANT SELECT ON kernel.audit_shape TO strongroom_auditor, strongroom_definer;

CREATE TRIGGER t10_refuse_rewriting
BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel.audit_shape
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_audit_change();

COMMENT ON TRIGGER t10_refuse_rewriting ON kernel.audit_shape IS
'Old entries are read by old lists.';
