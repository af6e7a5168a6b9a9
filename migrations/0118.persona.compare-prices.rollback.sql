-- Subscriptions begin with any amount again; nothing is lost.

DROP FUNCTION IF EXISTS persona.begin_subscription(bigint, text, text, jsonb, numeric, text);
DROP FUNCTION IF EXISTS persona.require_plan(text, numeric, text);
