-- Look whether all rows are as the checks of 0111 want them.
-- depends: 0111.persona.queue-subscriptions
-- locks: SHARE UPDATE EXCLUSIVE on persona.subscriptions, while it is read

ALTER TABLE persona.subscriptions
    VALIDATE CONSTRAINT subscriptions_status_check,
    VALIDATE CONSTRAINT subscriptions_upcoming_check,
    VALIDATE CONSTRAINT subscriptions_refunded_check;

-- A list of values that rows keep to is shown to analysts.
SELECT kernel.masked_view('persona.subscriptions');
