CREATE OR REPLACE FUNCTION saltbitter.require_ticket(
    p_user_id uuid,
    p_event saltbitter.events,
    p_payment_id uuid
)
RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
AS $$
BEGIN
    IF p_event.price = 0 AND p_payment_id IS NULL THEN
        RETURN;
    END IF;
    PERFORM
    FROM saltbitter.payments AS p
    WHERE p.user_id = p_user_id
      AND p.id = p_payment_id
      AND p.type = 'event_ticket'
      AND p.status = 'succeeded'
      AND p.currency = p_event.currency
      -- What was paid back in part pays for less: else a seat that was given back is taken again.
      AND p.amount - coalesce(
          (
              SELECT sum(r.amount)
              FROM saltbitter.payments AS r
              WHERE r.user_id = p.user_id AND r.refunds_id = p.id
          ),
          0
      ) >= p_event.price
      AND p_event.price > 0;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB043',
            MESSAGE = 'this event is not paid by that payment',
            DETAIL = 'A seat that costs something takes a payment of the person for a ticket, that'
                ' succeeded, of which the price at least is left, in its currency; a free one takes'
                ' none.',
            HINT = 'Start a payment of type event_ticket, and register when it succeeded.';
    END IF;
END;
$$;

COMMENT ON FUNCTION saltbitter.require_ticket(uuid, saltbitter.events, uuid) IS
'Nothing, if this payment of the person, less what was paid back of it, pays for the event, or the
event is free and there is none; else raises SB043 TicketNotPaid.';

GRANT EXECUTE ON FUNCTION saltbitter.require_ticket(uuid, saltbitter.events, uuid)
TO saltbitter_definer;
