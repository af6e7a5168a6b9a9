-- What is known of subscriptions is of now at the latest, so that the provider's next message counts.
-- depends: 0170.saltbitter.read-literals-alike
-- locks: rows of saltbitter.subscriptions that were told with a clock ahead

UPDATE saltbitter.subscriptions AS s
SET provider_at = now()
WHERE s.provider_at > now();
