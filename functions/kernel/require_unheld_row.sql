CREATE OR REPLACE FUNCTION kernel.require_unheld_row(
    p_app text,
    p_subject text,
    p_relation regclass,
    p_key jsonb
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM kernel.lock_pins();
    IF EXISTS (
        SELECT
        FROM kernel.held_subject AS h
        WHERE h.app = p_app AND h.subject = p_subject
    ) OR EXISTS (
        SELECT
        FROM kernel.legal_hold AS h
        WHERE h.released_at IS NULL
          AND h.relation = p_relation
          AND (h.row_key IS NULL OR h.row_key = kernel.canonical_row_key(p_relation, p_key))
    ) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR026',
            MESSAGE = 'the person, the table or the row is held',
            DETAIL = 'A legal hold keeps it as it is.',
            HINT = 'Release the hold first, or wait for its end.';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.require_unheld_row(text, text, regclass, jsonb) IS
'Refuses a change of a row that a legal hold keeps, by its person, its table or its key, and keeps new
holds out until the transaction ends. Raises KR026 SubjectHeld, KR045 IsolationTooStrict.';
