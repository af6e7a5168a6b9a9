-- A policy that fails stops the run, as before.

DROP FUNCTION IF EXISTS
    kernel.hides_rows(regclass),
    kernel.own_conditions(regclass, text, regclass),
    kernel.people_conditions(text, regclass),
    kernel.references_to(regclass, timestamptz, regclass[]),
    kernel.retention_free(regclass, boolean, timestamptz, regclass[]),
    kernel.staying_rows(regclass, timestamptz, regclass[]),
    kernel.note_batch(text, bigint, text),
    kernel.try_policy(text),
    kernel.end_sweeps();
ALTER TABLE kernel.retention_policy DROP COLUMN error_code;
