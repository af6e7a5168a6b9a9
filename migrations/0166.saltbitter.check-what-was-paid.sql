-- A payment succeeds with the amount that it was begun with.
-- depends: 0165.saltbitter.create-events
-- locks: none that anyone waits for

-- The new one is told what the provider took.
DROP FUNCTION IF EXISTS saltbitter.settle_payment(text, text, text);
