-- Holds know the values of keys and not their types; a row whose key is written otherwise by now is not kept.

CREATE OR REPLACE TRIGGER t10_refuse_change
BEFORE UPDATE ON kernel.legal_hold
FOR EACH ROW
WHEN (
    OLD.released_at IS NOT NULL
    OR (
        NEW.id, NEW.app, NEW.subject, NEW.relation, NEW.row_key, NEW.reason,
        NEW.placed_at, NEW.placed_by, NEW.placed_as, NEW.expires_at
    ) IS DISTINCT FROM (
        OLD.id, OLD.app, OLD.subject, OLD.relation, OLD.row_key, OLD.reason,
        OLD.placed_at, OLD.placed_by, OLD.placed_as, OLD.expires_at
    )
)
EXECUTE FUNCTION kernel.tg_refuse_rewriting();

DROP FUNCTION IF EXISTS
    kernel.held_key_condition(regclass, text[], jsonb),
    kernel.key_types(regclass, text[]);
ALTER TABLE kernel.legal_hold DROP COLUMN key_types;
