-- Partitions on their way out are forgotten: those that were detached stay as tables.

DROP TABLE kernel.expiring_partition;
DELETE FROM kernel.job WHERE name = 'maintain_partitions';
