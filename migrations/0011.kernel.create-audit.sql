-- Write down who changed what of whom, and who read it, in a log that can be sealed and verified.
-- depends: 0010.kernel.create-counters
-- locks: none that anyone waits for; new tables

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

CREATE TABLE kernel.audit_inbox (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    app text NOT NULL,
    relation text,
    shape_id bigint,
    operation text NOT NULL,
    key text,
    subject text,
    actor text,
    role text NOT NULL,
    request_id text,
    old jsonb,
    details jsonb,
    opening bytea,
    commitment bytea
)
-- Every audited statement pays for what this table has: no key (its numbers are unique as they come),
-- no CHECK (those of kernel.audit_log hold in the end).
WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 20000);

-- For those who publish all tables: rows are deleted here.
ALTER TABLE kernel.audit_inbox REPLICA IDENTITY FULL;

COMMENT ON TABLE kernel.audit_inbox IS
'Entries of the audit log that no seal covers yet. Triggers append here, and kernel.seal_audit
takes them out in batches, so writers wait for no chain and no index.
@keyless every audited statement would pay for the key';
COMMENT ON COLUMN kernel.audit_inbox.id IS
'Number of the entry. Of two changes of one row, the later has the higher number.';
COMMENT ON COLUMN kernel.audit_inbox.at IS
'The time of the transaction.';
COMMENT ON COLUMN kernel.audit_inbox.transaction_id IS
'The transaction, as the server numbered it that ran it: a restored database begins anew.';
COMMENT ON COLUMN kernel.audit_inbox.app IS
'The app: its schema.';
COMMENT ON COLUMN kernel.audit_inbox.relation IS
'The table, by the name of its root; NULL for a reading of data.';
COMMENT ON COLUMN kernel.audit_inbox.shape_id IS
'The columns that this entry speaks of; see kernel.audit_shape.';
COMMENT ON COLUMN kernel.audit_inbox.operation IS
'INSERT, UPDATE or DELETE of a row, or ACCESS: that somebody read personal data.';
COMMENT ON COLUMN kernel.audit_inbox.key IS
'The primary key of the row as text; of several columns, a JSON array of texts.';
COMMENT ON COLUMN kernel.audit_inbox.subject IS
'Whose row it is: the user id as text; of several columns, a JSON array of texts.';
COMMENT ON COLUMN kernel.audit_inbox.actor IS
'Who or what acted, as the transaction said; also empty.';
COMMENT ON COLUMN kernel.audit_inbox.role IS
'The role that acted, or the login where it became none.';
COMMENT ON COLUMN kernel.audit_inbox.request_id IS
'The request that the transaction served; also empty.';
COMMENT ON COLUMN kernel.audit_inbox.old IS
'Values before the change of the columns that are not personal, in the order of the shape.
Instants are in UTC.';
COMMENT ON COLUMN kernel.audit_inbox.details IS
'Of an access: what was done, and to which columns.';
COMMENT ON COLUMN kernel.audit_inbox.opening IS
'16 random bytes, then for each personal column 16 bytes of a keyed hash of its value before the
change (zeros for NULL). NULL once it is erased.';
COMMENT ON COLUMN kernel.audit_inbox.commitment IS
'SHA-256 of the opening, once that is erased; what the seal holds is the same before and after.';

ALTER TABLE kernel.audit_inbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.audit_inbox FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.audit_inbox
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY insert_definer ON kernel.audit_inbox
FOR INSERT TO strongroom_definer WITH CHECK (true);
CREATE POLICY select_auditor ON kernel.audit_inbox
FOR SELECT TO strongroom_auditor USING (true);
CREATE POLICY select_watch ON kernel.audit_inbox
FOR SELECT TO strongroom_runner, pg_monitor USING (true);

-- Not by columns, for each would be looked up in every statement that is audited.
GRANT INSERT ON kernel.audit_inbox TO strongroom_definer;
-- Not the openings: who guesses a value could try it on them.
GRANT SELECT (
    id, at, transaction_id, app, relation, shape_id, operation, key, subject, actor, role,
    request_id, old, details, commitment
)
ON kernel.audit_inbox TO strongroom_auditor;
-- To see how far the seals are behind.
GRANT SELECT (id, at) ON kernel.audit_inbox TO strongroom_runner, pg_monitor;

-- A DELETE is how kernel.seal_audit takes entries out.
CREATE TRIGGER t10_refuse_rewriting
BEFORE UPDATE OF
    id, at, transaction_id, app, relation, shape_id, operation, key, subject, actor, role,
    request_id, old, details
OR TRUNCATE
ON kernel.audit_inbox
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_audit_change();

COMMENT ON TRIGGER t10_refuse_rewriting ON kernel.audit_inbox IS
'Only what opens a commitment can go.';

CREATE TABLE kernel.audit_log (
    batch bigint NOT NULL,
    id bigint NOT NULL,
    at timestamptz NOT NULL,
    transaction_id xid8 NOT NULL,
    app text NOT NULL,
    relation text,
    shape_id bigint,
    operation text NOT NULL,
    key text,
    subject text,
    actor text,
    role text NOT NULL,
    request_id text,
    old jsonb,
    details jsonb,
    opening bytea,
    commitment bytea,
    CONSTRAINT audit_log_pkey PRIMARY KEY (batch, id, at),
    CONSTRAINT audit_log_operation_check
        CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE', 'ACCESS')),
    CONSTRAINT audit_log_commitment_length_check CHECK (octet_length(commitment) = 32)
)
PARTITION BY RANGE (at);

-- Equality alone is asked, and these are half as large as ordered ones.
CREATE INDEX audit_log_key_idx ON kernel.audit_log USING hash (key);

CREATE INDEX audit_log_subject_idx ON kernel.audit_log USING hash (subject);

CREATE INDEX audit_log_actor_at_idx ON kernel.audit_log (actor, at)
WHERE operation = 'ACCESS';

COMMENT ON TABLE kernel.audit_log IS
'Who changed what of whom, or read it: entries under seal. Nothing refers to people, so that it
outlives them. kernel.audit_entries adds those that wait for their seal.';
COMMENT ON COLUMN kernel.audit_log.batch IS
'The batch that it was sealed in; see kernel.audit_seal.';
COMMENT ON COLUMN kernel.audit_log.id IS
'Number of the entry. Of two changes of one row, the later has the higher number.';
COMMENT ON COLUMN kernel.audit_log.at IS
'The time of the transaction.';
COMMENT ON COLUMN kernel.audit_log.transaction_id IS
'The transaction, as the server numbered it that ran it: a restored database begins anew.';
COMMENT ON COLUMN kernel.audit_log.app IS
'The app: its schema.';
COMMENT ON COLUMN kernel.audit_log.relation IS
'The table, by the name of its root; NULL for a reading of data.';
COMMENT ON COLUMN kernel.audit_log.shape_id IS
'The columns that this entry speaks of; see kernel.audit_shape.';
COMMENT ON COLUMN kernel.audit_log.operation IS
'INSERT, UPDATE or DELETE of a row, or ACCESS: that somebody read personal data.';
COMMENT ON COLUMN kernel.audit_log.key IS
'The primary key of the row as text; of several columns, a JSON array of texts.';
COMMENT ON COLUMN kernel.audit_log.subject IS
'Whose row it is: the user id as text; of several columns, a JSON array of texts.';
COMMENT ON COLUMN kernel.audit_log.actor IS
'Who or what acted, as the transaction said.';
COMMENT ON COLUMN kernel.audit_log.role IS
'The role that acted, or the login where it became none.';
COMMENT ON COLUMN kernel.audit_log.request_id IS
'The request that the transaction served.';
COMMENT ON COLUMN kernel.audit_log.old IS
'Values before the change of the columns that are not personal, in the order of the shape.
Instants are in UTC.';
COMMENT ON COLUMN kernel.audit_log.details IS
'Of an access: what was done, and to which columns.';
COMMENT ON COLUMN kernel.audit_log.opening IS
'16 random bytes, then for each personal column 16 bytes of a keyed hash of its value before the
change (zeros for NULL). NULL once it is erased.';
COMMENT ON COLUMN kernel.audit_log.commitment IS
'SHA-256 of the opening, once that is erased; what the seal holds is the same before and after.';

ALTER TABLE kernel.audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.audit_log
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_reader ON kernel.audit_log
FOR SELECT TO strongroom_auditor, strongroom_definer USING (true);

-- Not the openings: who guesses a value could try it on them.
GRANT SELECT (
    batch, id, at, transaction_id, app, relation, shape_id, operation, key, subject, actor, role,
    request_id, old, details, commitment
)
ON kernel.audit_log TO strongroom_auditor;
-- To compute what the seals hold.
GRANT SELECT ON kernel.audit_log TO strongroom_definer;

CREATE TRIGGER t10_refuse_rewriting
BEFORE UPDATE OF
    batch, id, at, transaction_id, app, relation, shape_id, operation, key, subject, actor, role,
    request_id, old, details
OR DELETE OR TRUNCATE
ON kernel.audit_log
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_audit_change();

COMMENT ON TRIGGER t10_refuse_rewriting ON kernel.audit_log IS
'Only what opens a commitment can go.';

INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead)
VALUES ('kernel.audit_log', 'time', '1 month', 12)
ON CONFLICT DO NOTHING;

CREATE TABLE kernel.audit_seal (
    batch bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    system_identifier bigint NOT NULL,
    row_count bigint NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    root bytea NOT NULL,
    chain bytea NOT NULL,
    CONSTRAINT audit_seal_pkey PRIMARY KEY (batch),
    CONSTRAINT audit_seal_batch_check CHECK (batch > 0),
    CONSTRAINT audit_seal_row_count_check CHECK (row_count > 0),
    CONSTRAINT audit_seal_root_length_check CHECK (octet_length(root) = 32),
    CONSTRAINT audit_seal_chain_length_check CHECK (octet_length(chain) = 32)
);

COMMENT ON TABLE kernel.audit_seal IS
'One row for each batch of kernel.audit_log: what its entries hash to, chained to the batch before.';
COMMENT ON COLUMN kernel.audit_seal.batch IS
'Number of the batch; there are no gaps.';
COMMENT ON COLUMN kernel.audit_seal.sealed_at IS
'When it was sealed.';
COMMENT ON COLUMN kernel.audit_seal.system_identifier IS
'The server that sealed it. Another one follows where a dump was restored.';
COMMENT ON COLUMN kernel.audit_seal.row_count IS
'How many entries.';
COMMENT ON COLUMN kernel.audit_seal.first_at IS
'The time of the oldest entry.';
COMMENT ON COLUMN kernel.audit_seal.last_at IS
'The time of the newest entry; in the same month, so that batches end with partitions.';
COMMENT ON COLUMN kernel.audit_seal.root IS
'Merkle root of the entries in the order of their ids; see kernel.merkle_root.';
COMMENT ON COLUMN kernel.audit_seal.chain IS
'SHA-256 over the chain of the batch before and all of this row; see kernel.audit_link.';

ALTER TABLE kernel.audit_seal ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.audit_seal FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.audit_seal
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_reader ON kernel.audit_seal
FOR SELECT TO strongroom_auditor, strongroom_definer, strongroom_runner USING (true);

GRANT SELECT ON kernel.audit_seal TO strongroom_auditor, strongroom_definer, strongroom_runner;

CREATE TRIGGER t10_refuse_rewriting
BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel.audit_seal
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_audit_change();

COMMENT ON TRIGGER t10_refuse_rewriting ON kernel.audit_seal IS
'A seal stays as it was set.';

INSERT INTO kernel.job (name, function_name, schedule, priority)
VALUES ('seal_audit', 'kernel.seal_audit()', '1 minute', 50)
ON CONFLICT DO NOTHING;

CREATE VIEW kernel.audit_entries
WITH (security_invoker = true)
AS
SELECT
    e.id, e.batch, e.at, e.transaction_id, e.app, e.relation, e.operation, e.key, e.subject, e.actor,
    e.role, e.request_id,
    (
        SELECT pg_catalog.jsonb_object_agg(c.name, e.old -> (c.position - 1)::integer)
        FROM pg_catalog.jsonb_array_elements_text(s.columns -> 'plain')
        WITH ORDINALITY AS c (name, position)
        WHERE e.old IS NOT NULL
    ) AS old,
    e.details,
    e.commitment IS NOT NULL AS is_erased
FROM (
    SELECT
        l.id, l.batch, l.at, l.transaction_id, l.app, l.relation, l.shape_id, l.operation, l.key,
        l.subject, l.actor, l.role, l.request_id, l.old, l.details, l.commitment
    FROM kernel.audit_log AS l
    UNION ALL
    SELECT
        i.id, NULL, i.at, i.transaction_id, i.app, i.relation, i.shape_id, i.operation, i.key,
        i.subject, nullif(i.actor, ''), i.role, nullif(i.request_id, ''), i.old, i.details,
        i.commitment
    FROM kernel.audit_inbox AS i
) AS e
LEFT JOIN kernel.audit_shape AS s ON s.id = e.shape_id;

COMMENT ON VIEW kernel.audit_entries IS
'The audit log to read: sealed entries and those that wait, with the names of columns. What became
of the values is what kernel.audit_changes tells.';
COMMENT ON COLUMN kernel.audit_entries.id IS
'Number of the entry. Of two changes of one row, the later has the higher number.';
COMMENT ON COLUMN kernel.audit_entries.batch IS
'The batch that it was sealed in; NULL while it waits.';
COMMENT ON COLUMN kernel.audit_entries.at IS
'The time of the transaction.';
COMMENT ON COLUMN kernel.audit_entries.transaction_id IS
'The transaction, as the server numbered it that ran it: a restored database begins anew.';
COMMENT ON COLUMN kernel.audit_entries.app IS
'The app: its schema.';
COMMENT ON COLUMN kernel.audit_entries.relation IS
'The table, by the name of its root; NULL for a reading of data.';
COMMENT ON COLUMN kernel.audit_entries.operation IS
'INSERT, UPDATE or DELETE of a row, or ACCESS: that somebody read personal data.';
COMMENT ON COLUMN kernel.audit_entries.key IS
'The primary key of the row as text; of several columns, a JSON array of texts.';
COMMENT ON COLUMN kernel.audit_entries.subject IS
'Whose row it is: the user id as text; of several columns, a JSON array of texts.';
COMMENT ON COLUMN kernel.audit_entries.actor IS
'Who or what acted, as the transaction said.';
COMMENT ON COLUMN kernel.audit_entries.role IS
'The role that acted, or the login where it became none.';
COMMENT ON COLUMN kernel.audit_entries.request_id IS
'The request that the transaction served.';
COMMENT ON COLUMN kernel.audit_entries.old IS
'Values before the change of the columns that are not personal, by name.';
COMMENT ON COLUMN kernel.audit_entries.details IS
'Of an access: what was done, and to which columns.';
COMMENT ON COLUMN kernel.audit_entries.is_erased IS
'Whether its personal part was erased.';

GRANT SELECT ON kernel.audit_entries TO strongroom_auditor;

CREATE VIEW kernel.check_audit_drift
WITH (security_invoker = true)
AS
WITH
functions AS (
    SELECT p.oid, p.proname, t.argument AS shape_id
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace AND n.nspname = 'kernel'
    CROSS JOIN kernel.comment_tags(pg_catalog.obj_description(p.oid, 'pg_proc')) AS t
    WHERE t.tag = 'audit'
),
roots AS (
    SELECT f.proname, f.shape_id, c.oid, format('%I.%I', n.nspname, c.relname) AS relation
    FROM functions AS f
    JOIN pg_catalog.pg_trigger AS t ON t.tgfoid = f.oid AND t.tgname = 't50_audit_update'
    JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid AND NOT c.relispartition
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
),
members AS (
    SELECT r.oid AS root, r.relation AS root_name, r.oid, r.relation, false AS is_partition
    FROM roots AS r
    UNION ALL
    SELECT r.oid, r.relation, p.relid, format('%I.%I', n.nspname, c.relname), true
    FROM roots AS r
    CROSS JOIN pg_catalog.pg_partition_tree(r.oid) AS p
    JOIN pg_catalog.pg_class AS c ON c.oid = p.relid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE p.relid <> r.oid
)
SELECT
    'audit_drift' AS name,
    'A table is not audited as it should be' AS title,
    found.level,
    'INTERNAL' AS facing,
    ARRAY['AUDIT'] AS categories,
    'The lists of columns are baked into the trigger function of each audited table. Where the table'
    ' is another by now, values are missing from the log, or personal ones are kept that should not'
    ' be.' AS description,
    found.detail,
    found.remediation,
    jsonb_build_object('relation', found.relation) AS metadata,
    format('audit_drift:%s:%s', found.relation, found.what) AS cache_key
FROM (
    SELECT
        'ERROR',
        r.relation,
        'columns',
        format('The columns or tags of %s are not those that it is audited by.', r.relation),
        format('SELECT kernel.enable_audit(%L), in a migration.', r.relation)
    FROM roots AS r
    WHERE r.shape_id IS DISTINCT FROM kernel.audit_shape_id(kernel.audit_columns(r.oid))::text
    UNION ALL
    SELECT
        CASE WHEN m.is_partition THEN 'WARN' ELSE 'ERROR' END,
        m.relation,
        wanted.trigger,
        format('%s has no trigger %s, or it is disabled.', m.relation, wanted.trigger),
        format('SELECT kernel.enable_audit(%L), or kernel.disable_audit of it.', m.root_name)
    FROM members AS m
    CROSS JOIN (
        VALUES
            ('t50_audit_insert'), ('t50_audit_update'), ('t50_audit_delete'), ('t50_audit_truncate'),
            ('t50_audit_key')
    ) AS wanted (trigger)
    WHERE NOT EXISTS (
        SELECT
        FROM pg_catalog.pg_trigger AS t
        WHERE t.tgrelid = m.oid AND t.tgname = wanted.trigger AND t.tgenabled IN ('O', 'A')
    )
    UNION ALL
    SELECT
        'INFO',
        format('kernel.%I', f.proname),
        'function',
        format('kernel.%I writes the audit log of a table that is gone.', f.proname),
        format('DROP FUNCTION kernel.%I().', f.proname)
    FROM functions AS f
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgfoid = f.oid)
) AS found (level, relation, what, detail, remediation);

COMMENT ON VIEW kernel.check_audit_drift IS
'Audited tables whose columns, tags or triggers are not what the audit log was told: ERROR, or WARN
for a partition that lacks a trigger of its own. INFO for what a dropped table left.';

GRANT SELECT ON kernel.check_audit_drift TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_audit_lag
WITH (security_invoker = true)
AS
SELECT
    'audit_lag' AS name,
    'Entries of the audit log wait for their seal' AS title,
    CASE WHEN waiting.age >= interval '1 day' THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['AUDIT'] AS categories,
    'Until an entry is sealed, and the seal exported, a superuser can change it unseen.' AS description,
    format(
        'The oldest of %s waiting entries is of %s.', waiting.count,
        to_char(waiting.oldest AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')
    ) AS detail,
    'See why the job seal_audit does not get on: kernel.job_run, and whether kernel.audit_log has a'
    ' partition for that month.' AS remediation,
    jsonb_build_object('waiting', waiting.count, 'oldest', waiting.oldest) AS metadata,
    'audit_lag' AS cache_key
FROM (
    SELECT count(*), min(i.at), pg_catalog.clock_timestamp() - min(i.at)
    FROM kernel.audit_inbox AS i
) AS waiting (count, oldest, age)
WHERE waiting.age >= interval '1 hour';

COMMENT ON VIEW kernel.check_audit_lag IS
'Whether kernel.seal_audit keeps up: WARN when an entry has waited for an hour, ERROR for a day.';

GRANT SELECT ON kernel.check_audit_lag TO strongroom_runner, pg_monitor;
