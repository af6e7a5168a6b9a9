-- What is known of subscriptions is of now at the latest, so that the provider's next event counts.
-- depends: 0152.chatsphere.ask-for-newer-vectors
-- locks: rows of chatsphere.subscriptions that were told with a clock ahead

UPDATE chatsphere.subscriptions AS s
SET provider_event_at = now()
WHERE s.provider_event_at > now();
