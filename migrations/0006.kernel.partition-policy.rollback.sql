-- Takes the policies with it: note them first. Partitions stay, and no new ones are made.

DROP TABLE kernel.partition_policy;
