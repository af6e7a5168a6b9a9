CREATE TABLE saltbitter.event_registrations (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    event_id uuid NOT NULL,
    status text NOT NULL DEFAULT 'registered',
    payment_id uuid,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT event_registrations_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT event_registrations_event_id_user_id_key UNIQUE (event_id, user_id),
    CONSTRAINT event_registrations_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES saltbitter.users (id) ON DELETE CASCADE,
    CONSTRAINT event_registrations_event_id_fkey FOREIGN KEY (event_id)
        REFERENCES saltbitter.events (id) ON DELETE RESTRICT,
    CONSTRAINT event_registrations_payment_id_fkey FOREIGN KEY (user_id, payment_id)
        REFERENCES saltbitter.payments (user_id, id) ON DELETE RESTRICT,
    CONSTRAINT event_registrations_status_check
        CHECK (status IN ('registered', 'attended', 'no_show', 'canceled'))
);

-- A payment pays for one seat.
CREATE UNIQUE INDEX event_registrations_payment_id_key
ON saltbitter.event_registrations (user_id, payment_id)
WHERE payment_id IS NOT NULL;

COMMENT ON TABLE saltbitter.event_registrations IS
'Who comes to which event: one row a person and event, which is taken up again by who comes back
after all.
@row EventRegistration
@rows 1M';
COMMENT ON COLUMN saltbitter.event_registrations.user_id IS
'Who.
@internal';
COMMENT ON COLUMN saltbitter.event_registrations.id IS
'The registration; ids rise with time.
@internal';
COMMENT ON COLUMN saltbitter.event_registrations.event_id IS
'Which event.
@personal activity
@erase delete
@mask pseudonym';
COMMENT ON COLUMN saltbitter.event_registrations.status IS
'registered, attended and no_show have a seat; canceled has none.
@personal activity
@erase delete
@mask keep';
COMMENT ON COLUMN saltbitter.event_registrations.payment_id IS
'The payment for a seat that costs something; the same person''s.
@internal';
COMMENT ON COLUMN saltbitter.event_registrations.created_at IS
'When the person first registered.
@personal activity
@erase delete';
COMMENT ON COLUMN saltbitter.event_registrations.updated_at IS
'When the row last changed.
@internal';
COMMENT ON INDEX saltbitter.event_registrations_payment_id_key IS
'@error TicketUsed This payment paid for another seat.';

ALTER TABLE saltbitter.event_registrations ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.event_registrations FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.event_registrations
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.event_registrations
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON saltbitter.event_registrations
FOR SELECT TO saltbitter_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON saltbitter.event_registrations
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY update_worker ON saltbitter.event_registrations
FOR UPDATE TO saltbitter_worker USING (true) WITH CHECK (true);
CREATE POLICY select_definer ON saltbitter.event_registrations
FOR SELECT TO saltbitter_definer USING (true);
CREATE POLICY insert_definer ON saltbitter.event_registrations
FOR INSERT TO saltbitter_definer WITH CHECK (true);
CREATE POLICY update_definer ON saltbitter.event_registrations
FOR UPDATE TO saltbitter_definer USING (true) WITH CHECK (true);

GRANT SELECT ON saltbitter.event_registrations TO saltbitter_app;
GRANT SELECT, UPDATE (status) ON saltbitter.event_registrations TO saltbitter_worker;
GRANT SELECT, INSERT (user_id, event_id, payment_id), UPDATE (status, payment_id)
ON saltbitter.event_registrations TO saltbitter_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON saltbitter.event_registrations
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON saltbitter.event_registrations IS
'updated_at is not for statements to set.';

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.event_registrations');
