CREATE OR REPLACE FUNCTION kernel.lock_pins()
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    -- An older snapshot would not see a hold that was committed since, lock or no lock.
    IF pg_catalog.current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR045',
            MESSAGE = 'what destroys must see every hold that is committed',
            DETAIL = 'The snapshot of this transaction was taken before the lock on holds.',
            HINT = 'Run it at READ COMMITTED.';
    END IF;
    -- Whoever places a hold, by whatever statement, takes ROW EXCLUSIVE, which waits for SHARE.
    LOCK TABLE kernel.legal_hold IN SHARE MODE;
END;
$$;

COMMENT ON FUNCTION kernel.lock_pins() IS
'Keeps new holds out until the transaction ends, after those under way are committed. Whatever
destroys calls it in its own transaction, and looks for pins in a later statement: then a committed
hold is never missed, and none is committed in the midst.
Raises KR045 IsolationTooStrict.';
