-- Look whether all rows are as the check of 0182 wants them.
-- depends: 0182.tarot.keep-prices
-- locks: SHARE UPDATE EXCLUSIVE on tarot.transactions, while it is read

ALTER TABLE tarot.transactions VALIDATE CONSTRAINT transactions_price_check;
