-- Takes every event and registration with it: dump them first.

DROP FUNCTION IF EXISTS
    saltbitter.cancel_registration,
    saltbitter.event_link,
    saltbitter.lock_event,
    saltbitter.register_for_event,
    saltbitter.require_ticket,
    saltbitter.tg_give_seat_back
CASCADE;

SELECT kernel.drop_masked_view('saltbitter.event_registrations');

SELECT kernel.disable_audit('saltbitter.event_types');
SELECT kernel.disable_audit('saltbitter.events');

DROP TABLE saltbitter.event_registrations;
DROP TABLE saltbitter.events;
DROP TABLE saltbitter.event_types;

DROP FUNCTION IF EXISTS saltbitter.tg_count_seats();
