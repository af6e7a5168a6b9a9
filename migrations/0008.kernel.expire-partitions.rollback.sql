-- Partitions on their way out are forgotten: those that were detached stay as tables.

DROP VIEW kernel.check_partition_plan;
DROP VIEW kernel.check_partition_drift;
DROP VIEW kernel.check_partition_runway;
DROP VIEW kernel.partition_runway;
DROP TABLE kernel.expiring_partition;
DELETE FROM kernel.job WHERE name = 'maintain_partitions';
