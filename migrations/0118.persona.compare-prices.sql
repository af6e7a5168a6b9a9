-- A subscription begins with what the gateway took.
-- depends: 0117.persona.forget-unknown-askers
-- locks: none that anyone waits for

-- The new one is told amount and currency, and where they are left out does what this one did.
-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS persona.begin_subscription(bigint, text, text, jsonb);
