-- The checks let through what they let through before; nothing is lost.

ALTER TABLE saltbitter.messages
    DROP CONSTRAINT messages_read_at_check,
    ADD CONSTRAINT messages_read_at_check CHECK (read_at >= sent_at AND isfinite(read_at));

ALTER TABLE saltbitter.events
    DROP CONSTRAINT events_non_negative_price_check,
    ADD CONSTRAINT events_non_negative_price_check CHECK (price >= 0);

COMMENT ON CONSTRAINT events_non_negative_price_check ON saltbitter.events IS
'@error PriceInvalid A price is 0 or more.';

ALTER TABLE saltbitter.payments
    DROP CONSTRAINT payments_amount_check,
    ADD CONSTRAINT payments_amount_check CHECK (amount > 0);

COMMENT ON CONSTRAINT payments_amount_check ON saltbitter.payments IS
'@error AmountInvalid An amount is more than 0.';
