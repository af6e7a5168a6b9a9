-- Takes every hold and every record of destruction with it: dump them first.

DELETE FROM kernel.job WHERE name = 'release_expired_holds';

DROP FUNCTION IF EXISTS
    kernel.lock_pins(),
    kernel.is_subject_pinned(text, text),
    kernel.canonical_subject(text, text),
    kernel.canonical_row_key(regclass, jsonb),
    kernel.require_hold_target(text, text, text, text, jsonb),
    kernel.place_hold(text, text, text, text, jsonb, timestamptz),
    kernel.release_hold(bigint, text),
    kernel.release_expired_holds(),
    kernel.pinned_conditions(regclass),
    kernel.is_partition_free(regclass, regclass),
    kernel.record_destruction(
        regclass, regclass, text, text, bigint, bytea, text, text, text
    );
DROP TABLE kernel.destruction_record;
DROP VIEW kernel.pinned_subject;
DROP TABLE kernel.legal_hold;
