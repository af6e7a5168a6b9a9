CREATE OR REPLACE FUNCTION tarot.tg_refuse_ledger_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    PERFORM tarot.refuse_ledger_change(TG_OP);
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION tarot.tg_refuse_ledger_change() IS
'Refuses the statement with TR010 LedgerIsAppendOnly, whoever gave it.';

CREATE OR REPLACE TRIGGER t10_refuse_removal
BEFORE DELETE OR TRUNCATE ON tarot.transactions
FOR EACH STATEMENT EXECUTE FUNCTION tarot.tg_refuse_ledger_change();

COMMENT ON TRIGGER t10_refuse_removal ON tarot.transactions IS 'Nothing leaves the ledger.';

CREATE OR REPLACE TRIGGER t10_refuse_removal
BEFORE DELETE OR TRUNCATE ON tarot.credits
FOR EACH STATEMENT EXECUTE FUNCTION tarot.tg_refuse_ledger_change();

COMMENT ON TRIGGER t10_refuse_removal ON tarot.credits IS 'An account stays as long as its ledger.';

CREATE OR REPLACE TRIGGER t20_refuse_head_start
BEFORE INSERT ON tarot.credits
FOR EACH ROW WHEN (NEW.balance <> 0 OR NEW.version <> 1)
EXECUTE FUNCTION tarot.tg_refuse_ledger_change();

COMMENT ON TRIGGER t20_refuse_head_start ON tarot.credits IS 'An account starts empty.';

-- From the triggers of the ledger the depth is 1 or more. Asking here, not in the function, costs
-- next to nothing.
CREATE OR REPLACE TRIGGER t20_refuse_direct_change
BEFORE UPDATE ON tarot.credits
FOR EACH ROW WHEN (pg_trigger_depth() = 0)
EXECUTE FUNCTION tarot.tg_refuse_ledger_change();

COMMENT ON TRIGGER t20_refuse_direct_change ON tarot.credits IS
'A balance moves when a row of the ledger is written, never by itself.';
