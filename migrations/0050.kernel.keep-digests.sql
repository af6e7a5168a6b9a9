-- Digest the rows of a partition before it is detached, and prove later that they are the same.
-- depends: 0070.kernel.expect-triggers-of-partitions
-- locks: ACCESS EXCLUSIVE on kernel.expiring_partition, for an instant; it has a row or none

ALTER TABLE kernel.expiring_partition
ADD COLUMN digest bytea,
ADD COLUMN read_before xid8,
ADD COLUMN form text;

COMMENT ON COLUMN kernel.expiring_partition.digest IS
'What its rows were then (kernel.digest_partition); NULL where they were only counted.';
COMMENT ON COLUMN kernel.expiring_partition.read_before IS
'Every transaction with a lower number had ended before its rows were read.';
COMMENT ON COLUMN kernel.expiring_partition.form IS
'What they were read by (kernel.partition_form).';
