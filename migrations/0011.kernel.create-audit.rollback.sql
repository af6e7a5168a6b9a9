-- Takes the whole audit log with it: dump it first. End the auditing of tables before, by
-- kernel.disable_audit().

DELETE FROM kernel.job WHERE name = 'seal_audit';
DELETE FROM kernel.partition_policy WHERE parent = 'kernel.audit_log'::regclass;

DROP FUNCTION IF EXISTS
    kernel.merkle_root(bytea),
    kernel.audit_leaf(
        bigint, bigint, timestamptz, xid8, text, text, bigint, text, text, text, text, text,
        text, jsonb, jsonb, bytea, bytea
    ),
    kernel.audit_link(bytea, kernel.audit_seal),
    kernel.seal_audit(),
    kernel.export_audit_root(),
    kernel.sealed_batch_problem(bigint, bytea, kernel.audit_seal),
    kernel.verify_audit(bigint, bigint, text),
    kernel.erase_audit(text, text),
    kernel.log_access(text, text, text[], text),
    kernel.audit_named_values(jsonb, jsonb),
    kernel.audit_named_hashes(jsonb, bytea),
    kernel.audit_named_entries(jsonb, text, timestamptz),
    kernel.audit_key_match(regclass, jsonb, text),
    kernel.audit_live_rows(regclass, jsonb, text),
    kernel.audit_changes(text, text, timestamptz, timestamptz);
DROP VIEW kernel.check_audit_lag;
DROP VIEW kernel.check_audit_drift;
DROP VIEW kernel.audit_entries;
DROP TABLE kernel.audit_seal;
DROP TABLE kernel.audit_log;
DROP TABLE kernel.audit_inbox;
DROP TABLE kernel.audit_salt;
DROP TABLE kernel.audit_shape;
