CREATE OR REPLACE FUNCTION tarot.tg_post_transaction()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
DECLARE
    v_account tarot.credits;
BEGIN
    NEW.error_message := NULL;
    IF NEW.status = 'pending' THEN
        SELECT c.* INTO v_account FROM tarot.credits AS c WHERE c.user_id = NEW.user_id;
        IF NOT FOUND THEN
            PERFORM tarot.refuse_unknown_account(NEW.user_id);
        END IF;
        NEW.credits_before := v_account.balance;
        NEW.credits_after := v_account.balance;
        NEW.account_version := NULL;
        NEW.completed_at := NULL;
        RETURN NEW;
    ELSIF NEW.status IS DISTINCT FROM 'completed' THEN
        PERFORM tarot.refuse_transition(NULL, NEW.status);
    END IF;

    IF NEW.type = 'refund' THEN
        NEW.amount := tarot.take_back(NEW.user_id, NEW.refunds_id);
    END IF;
    v_account := tarot.move_balance(NEW.user_id, NEW.amount);
    NEW.credits_before := v_account.balance - NEW.amount;
    NEW.credits_after := v_account.balance;
    NEW.account_version := v_account.version;
    NEW.completed_at := pg_catalog.now();
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION tarot.tg_post_transaction() IS
'BEFORE INSERT on the ledger: a completed row moves the balance, and carries what the account was
before and after; a pending row moves nothing. No other way moves a balance, so ledger and balances
can''t part.';

CREATE OR REPLACE TRIGGER t10_post_transaction
BEFORE INSERT ON tarot.transactions
FOR EACH ROW EXECUTE FUNCTION tarot.tg_post_transaction();

COMMENT ON TRIGGER t10_post_transaction ON tarot.transactions IS
'A row of the ledger is what moves a balance.';
