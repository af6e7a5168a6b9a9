-- Look whether all rows are as the checks of 0167 want them.
-- depends: 0167.saltbitter.narrow-checks
-- locks: SHARE UPDATE EXCLUSIVE on saltbitter.payments, events and messages, while they are read

ALTER TABLE saltbitter.payments VALIDATE CONSTRAINT payments_amount_check;
ALTER TABLE saltbitter.events VALIDATE CONSTRAINT events_non_negative_price_check;
-- Where it fails: UPDATE saltbitter.messages SET read_at = sent_at of what was read after the year 9998.
ALTER TABLE saltbitter.messages VALIDATE CONSTRAINT messages_read_at_check;
