CREATE OR REPLACE FUNCTION tarot.refuse_ledger_change(p_command text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL SAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'TR010',
        MESSAGE = 'the ledger only grows',
        DETAIL = pg_catalog.format(
            '%s would change what is written, or move a balance without a row.', p_command
        ),
        HINT = 'Correct a movement by another one: refund_transaction, grant_bonus or '
            'spend_credits.';
END;
$$;

COMMENT ON FUNCTION tarot.refuse_ledger_change(text) IS
'Raises TR010 LedgerIsAppendOnly.';

GRANT EXECUTE ON FUNCTION tarot.refuse_ledger_change(text) TO tarot_definer;
