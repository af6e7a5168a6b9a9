-- Takes consultations, preferences and interactions with it: dump them first.

DELETE FROM kernel.retention_policy WHERE name IN ('horoscope_requests', 'user_interactions');
DELETE FROM kernel.partition_policy
WHERE parent IN ('astroloh.horoscope_requests'::regclass, 'astroloh.user_interactions'::regclass);
SELECT kernel.drop_counter('astroloh', 'daily_interactions_ever');
DROP VIEW
    astroloh.daily_requests,
    astroloh.daily_interactions,
    astroloh.horoscope_requests_masked,
    astroloh.user_preferences_masked,
    astroloh.user_interactions_masked;
DROP TABLE astroloh.horoscope_requests, astroloh.user_preferences, astroloh.user_interactions;
DROP FUNCTION kernel.tg_seal_astroloh__horoscope_requests();
DROP FUNCTION IF EXISTS astroloh.tg_log_requests();
DROP FUNCTION
    astroloh.is_valid_interests(jsonb),
    astroloh.is_valid_time_slots(jsonb),
    astroloh.is_time_zone(text);
