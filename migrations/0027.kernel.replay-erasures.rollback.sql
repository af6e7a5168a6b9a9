-- A copy that is being brought forward stays closed.

DROP FUNCTION IF EXISTS
    kernel.open_gate(bigint, bytea),
    kernel.replay_erasures(jsonb),
    kernel.import_erasure(jsonb),
    kernel.ledger_subjects(text);
DROP TABLE kernel.replayed_erasure;
