-- Refuse amounts that are no number, and moments of reading that no program reads.
-- depends: 0166.saltbitter.check-what-was-paid
-- locks: ACCESS EXCLUSIVE on saltbitter.payments, events and messages, for an instant: CHECKs that look at no row yet

ALTER TABLE saltbitter.payments
    -- squawk-ignore ban-drop-constraint
    DROP CONSTRAINT payments_amount_check,
    ADD CONSTRAINT payments_amount_check CHECK (amount > 0 AND amount <> 'NaN') NOT VALID;

COMMENT ON CONSTRAINT payments_amount_check ON saltbitter.payments IS
'@error AmountInvalid An amount is more than 0.';

ALTER TABLE saltbitter.events
    -- squawk-ignore ban-drop-constraint
    DROP CONSTRAINT events_non_negative_price_check,
    ADD CONSTRAINT events_non_negative_price_check
        CHECK (price >= 0 AND price <> 'NaN') NOT VALID;

COMMENT ON CONSTRAINT events_non_negative_price_check ON saltbitter.events IS
'@error PriceInvalid A price is 0 or more.';

-- Else one who gets a message could stop the other's list of them.
ALTER TABLE saltbitter.messages
    -- squawk-ignore ban-drop-constraint
    DROP CONSTRAINT messages_read_at_check,
    ADD CONSTRAINT messages_read_at_check
        CHECK (read_at >= sent_at AND read_at < timestamptz '9999-01-01 00:00:00+00') NOT VALID;
