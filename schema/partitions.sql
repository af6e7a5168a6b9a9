-- Partitions that are due today, for every table that has a policy.
SELECT kernel.maintain_partitions();
