-- Keep a row on hold when a column of its key gets another type, in which it is written otherwise.
-- depends: 0104.kernel.sharpen-checks
-- locks: ACCESS EXCLUSIVE on kernel.legal_hold, for an instant; whoever destroys waits

ALTER TABLE kernel.legal_hold ADD COLUMN key_types jsonb;

COMMENT ON COLUMN kernel.legal_hold.key_types IS
'Of which types the columns of the key were (kernel.key_types): another one writes its values otherwise.';

-- As kernel.key_types has it. Holds on tables that are gone know of none.
UPDATE kernel.legal_hold AS h
SET key_types = (
    SELECT jsonb_object_agg(
        a.attname,
        CASE
            WHEN b.type IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) THEN 'integer'
            WHEN b.type IN ('text'::regtype, 'varchar'::regtype) THEN 'text'
            ELSE pg_catalog.format_type(b.type, a.atttypmod)
        END
    )
    FROM pg_catalog.pg_attribute AS a
    CROSS JOIN LATERAL (SELECT kernel.base_type(a.atttypid)) AS b (type)
    WHERE a.attrelid = h.relation AND h.row_key ? a.attname::text AND NOT a.attisdropped
)
WHERE h.row_key IS NOT NULL AND h.released_at IS NULL;

CREATE OR REPLACE TRIGGER t10_refuse_change
BEFORE UPDATE ON kernel.legal_hold
FOR EACH ROW
WHEN (
    OLD.released_at IS NOT NULL
    OR (
        NEW.id, NEW.app, NEW.subject, NEW.relation, NEW.row_key, NEW.reason,
        NEW.placed_at, NEW.placed_by, NEW.placed_as, NEW.expires_at, NEW.key_types
    ) IS DISTINCT FROM (
        OLD.id, OLD.app, OLD.subject, OLD.relation, OLD.row_key, OLD.reason,
        OLD.placed_at, OLD.placed_by, OLD.placed_as, OLD.expires_at, OLD.key_types
    )
)
EXECUTE FUNCTION kernel.tg_refuse_rewriting();

-- kernel.held_key_condition asks for the types as well.
-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS kernel.held_key_condition(regclass, text[]);
