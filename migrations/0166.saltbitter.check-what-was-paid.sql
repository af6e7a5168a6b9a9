-- A payment succeeds with the amount that it was begun with.
-- depends: 0165.saltbitter.create-events
-- locks: none that anyone waits for

-- The new one is told what the provider took. A program that still calls this one fails, and the
-- provider tells it again: better than a payment that nobody compared.
-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS saltbitter.settle_payment(text, text, text);
