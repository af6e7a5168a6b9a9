-- Payments succeed with any amount again; nothing is lost.

DROP FUNCTION IF EXISTS saltbitter.settle_payment(text, text, text, numeric, text);
