-- Takes every policy with it; records of destruction stay.

DELETE FROM kernel.job WHERE name = 'apply_retention';

DROP VIEW kernel.check_hold_expiry;
DROP VIEW kernel.check_retention_lag;
DROP FUNCTION IF EXISTS
    kernel.retention_cutoff(timestamptz, interval, interval, integer),
    kernel.retention_due(text, timestamptz),
    kernel.references_to(regclass),
    kernel.referred_tables(regclass),
    kernel.retention_free(regclass, boolean),
    kernel.retention_window(text, text, timestamptz, integer, timestamptz),
    kernel.require_batch(integer, timestamptz),
    kernel.require_retention_policy(text),
    kernel.require_stable_mask(text, boolean),
    kernel.destruction_statement(text, regclass, text, text[]),
    kernel.destroy_rows(text, regclass, text, text[], integer, boolean),
    kernel.expired_spans(regclass, timestamptz),
    kernel.sweep_rows(text, timestamptz, integer, timestamptz),
    kernel.sweep_partitions(text, integer, timestamptz),
    kernel.apply_retention(text, integer, timestamptz),
    kernel.apply_retention(),
    kernel.mark_swept(text, boolean),
    kernel.begin_batch(text),
    kernel.expired_source(regclass, timestamptz),
    kernel.retention_counts(text, timestamptz),
    kernel.retention_preview(text, timestamptz);
DROP TABLE kernel.retention_policy;
