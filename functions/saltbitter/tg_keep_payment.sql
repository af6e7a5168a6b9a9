CREATE OR REPLACE FUNCTION saltbitter.tg_keep_payment()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- The keys and the amounts of a row stay; status takes the steps that there are.
    IF TG_OP = 'UPDATE' AND TG_LEVEL = 'ROW' THEN
        IF to_jsonb(NEW) - 'status' = to_jsonb(OLD) - 'status'
            AND (OLD.status || ' ' || NEW.status) IN (
                'pending succeeded', 'pending failed', 'failed succeeded', 'succeeded refunded'
            )
            AND (
                NEW.status <> 'refunded'
                OR NEW.amount = (
                    SELECT sum(p.amount)
                    FROM saltbitter.payments AS p
                    WHERE p.user_id = NEW.user_id AND p.refunds_id = NEW.id
                )
            )
        THEN
            RETURN NEW;
        END IF;
        IF NEW IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'SB030',
        MESSAGE = 'a payment can''t change like this',
        DETAIL = 'Payments are kept as they are; a pending one succeeds or fails, a failed one may'
            ' yet succeed, one that succeeded is refunded when refunds add up to it.',
        HINT = 'Write a payment or a refund of its own.';
END;
$$;

COMMENT ON FUNCTION saltbitter.tg_keep_payment() IS
'Refuses what is no step of a payment with SB030 IllegalPaymentStep, whoever asks for it.';

CREATE OR REPLACE TRIGGER t10_keep_payment
BEFORE UPDATE ON saltbitter.payments
FOR EACH ROW EXECUTE FUNCTION saltbitter.tg_keep_payment();

COMMENT ON TRIGGER t10_keep_payment ON saltbitter.payments IS
'Only the status of a payment moves.';

CREATE OR REPLACE TRIGGER t10_refuse_removal
BEFORE DELETE OR TRUNCATE ON saltbitter.payments
FOR EACH STATEMENT EXECUTE FUNCTION saltbitter.tg_keep_payment();

COMMENT ON TRIGGER t10_refuse_removal ON saltbitter.payments IS
'No payment leaves the book.';
