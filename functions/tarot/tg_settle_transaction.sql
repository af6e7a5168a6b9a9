CREATE OR REPLACE FUNCTION tarot.tg_settle_transaction()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
DECLARE
    v_account tarot.credits;
    v_reason CONSTANT text := NEW.error_message;
    v_status CONSTANT text := NEW.status;
BEGIN
    -- What a statement may say is the new status, and why a purchase failed.
    NEW.status := OLD.status;
    NEW.error_message := OLD.error_message;
    IF NEW IS DISTINCT FROM OLD THEN
        PERFORM tarot.refuse_ledger_change('UPDATE');
    END IF;
    NEW.status := v_status;

    IF OLD.status = 'pending' AND v_status = 'completed' THEN
        v_account := tarot.move_balance(NEW.user_id, NEW.amount);
        NEW.credits_before := v_account.balance - NEW.amount;
        NEW.credits_after := v_account.balance;
        NEW.account_version := v_account.version;
        NEW.completed_at := pg_catalog.now();
    ELSIF OLD.status = 'pending' AND v_status = 'failed' THEN
        NEW.error_message := v_reason;
    ELSIF OLD.status = 'completed'
        AND v_status = 'refunded'
        AND pg_catalog.pg_trigger_depth() > 1
    THEN
        -- Only the row that takes it back does this, from its own trigger.
        NULL;
    ELSE
        PERFORM tarot.refuse_transition(OLD.status, v_status);
    END IF;
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION tarot.tg_settle_transaction() IS
'BEFORE UPDATE on the ledger: lets a row take the steps of its life and nothing else. Completing
moves the balance.
Raises TR004 IllegalTransition, TR010 LedgerIsAppendOnly.';

CREATE OR REPLACE TRIGGER t10_settle_transaction
BEFORE UPDATE ON tarot.transactions
FOR EACH ROW EXECUTE FUNCTION tarot.tg_settle_transaction();

COMMENT ON TRIGGER t10_settle_transaction ON tarot.transactions IS
'Pending to completed or failed, completed to refunded; nothing else of a row changes.';
