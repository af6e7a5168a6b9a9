-- A partition on its way out is digested once it is detached, as before.

DROP FUNCTION IF EXISTS
    kernel.is_partition_as_read(regclass),
    kernel.partition_form(regclass),
    kernel.has_partition_pins(regclass, regclass);
ALTER TABLE kernel.expiring_partition
DROP COLUMN digest,
DROP COLUMN read_before,
DROP COLUMN form;
