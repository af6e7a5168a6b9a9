CREATE TYPE kernel.finding AS (
    name text,
    title text,
    level text,
    facing text,
    categories text[],
    description text,
    detail text,
    remediation text,
    metadata jsonb,
    cache_key text
);

COMMENT ON TYPE kernel.finding IS
'One thing that a check found. A check is a view named check_... in schema kernel or in that of an
app, with exactly these columns; it has a row for each finding, and none when all is well.';
COMMENT ON COLUMN kernel.finding.name IS 'Which check found it: the name of its view after check_.';
COMMENT ON COLUMN kernel.finding.title IS 'The check, as a headline.';
COMMENT ON COLUMN kernel.finding.level IS 'ERROR: act now. WARN: act soon. INFO: know of it.';
COMMENT ON COLUMN kernel.finding.facing IS
'EXTERNAL where clients of the database could use it, else INTERNAL.';
COMMENT ON COLUMN kernel.finding.categories IS
'What it is about, in capitals: CATALOGUE (what the schema says), SERVER, PARTITIONS, MAINTENANCE;
and what is at stake: SECURITY, PRIVACY, INTEGRITY, AVAILABILITY, PERFORMANCE.';
COMMENT ON COLUMN kernel.finding.description IS
'Why it matters, the same for every finding of a check.';
COMMENT ON COLUMN kernel.finding.detail IS 'What is wrong and where; never what is in a row.';
COMMENT ON COLUMN kernel.finding.remediation IS
'What mends it: SQL that ends with a semicolon where statements do, else a sentence.';
COMMENT ON COLUMN kernel.finding.metadata IS
'The same place and figures for programs: a JSON object.';
COMMENT ON COLUMN kernel.finding.cache_key IS
'Names this finding and no other, as long as it is there; what an acceptance refers to.';

CREATE DOMAIN kernel.sealed AS bytea
CONSTRAINT sealed_version_check CHECK (substring(VALUE FROM 1 FOR 1) = '\x01')
CONSTRAINT sealed_length_check CHECK (octet_length(VALUE) >= 38);

COMMENT ON DOMAIN kernel.sealed IS
'A value that is encrypted before it reaches the server: one byte of version (1), the number of the
data key (8 bytes, big endian), nonce (12), AES-256-GCM ciphertext, tag (16). Columns of this type
have the tag @sealed and the triggers of kernel.guard_sealed().';
COMMENT ON CONSTRAINT sealed_version_check ON DOMAIN kernel.sealed IS
'@error UnknownEnvelopeVersion A sealed value begins with its version, and 1 is the only one.';
COMMENT ON CONSTRAINT sealed_length_check ON DOMAIN kernel.sealed IS
'@error EnvelopeTooShort A sealed value has at least 38 bytes: version, key, nonce, one block, tag.';

GRANT USAGE ON TYPE kernel.sealed TO strongroom_client, strongroom_definer, strongroom_runner;
