-- For an instant nobody reads or writes subscriptions.

DROP INDEX persona.subscriptions_upcoming_idx;
