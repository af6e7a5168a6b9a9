-- Prices that were noted are lost.

DELETE FROM kernel.job AS j
WHERE j.name IN ('tarot_expire_subscriptions', 'tarot_stale_purchases');
DROP FUNCTION IF EXISTS tarot.tend_subscriptions();
DROP FUNCTION IF EXISTS tarot.tend_purchases();
REVOKE USAGE ON SCHEMA tarot FROM strongroom_runner;

DROP FUNCTION IF EXISTS tarot.start_purchase(integer, text, text, numeric, text);
DROP FUNCTION IF EXISTS tarot.complete_purchase(text, numeric, text);
SELECT kernel.drop_masked_view('tarot.transactions');
ALTER TABLE tarot.transactions
    DROP COLUMN price,
    DROP COLUMN currency;
SELECT kernel.masked_view('tarot.transactions');
