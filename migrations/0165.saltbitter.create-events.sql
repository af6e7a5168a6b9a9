-- Events, and who comes to them.
-- depends: 0164.saltbitter.create-payments
-- locks: SHARE ROW EXCLUSIVE on saltbitter.users and saltbitter.payments, for an instant: foreign keys

CREATE TABLE saltbitter.event_types (
    event_type text NOT NULL,
    description text NOT NULL,
    CONSTRAINT event_types_pkey PRIMARY KEY (event_type),
    CONSTRAINT event_types_event_type_check CHECK (event_type ~ '^[a-z][a-z0-9_]{0,49}$')
);

COMMENT ON TABLE saltbitter.event_types IS
'What kinds of events there are: an open list, which staff add to.
@row EventType
@rows 100';
COMMENT ON COLUMN saltbitter.event_types.event_type IS
'The kind.
@public';
COMMENT ON COLUMN saltbitter.event_types.description IS
'What is meant, for staff.
@public';

ALTER TABLE saltbitter.event_types ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.event_types FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.event_types
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.event_types
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_app ON saltbitter.event_types
FOR SELECT TO saltbitter_app USING (true);
CREATE POLICY select_worker ON saltbitter.event_types
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY select_analyst ON saltbitter.event_types
FOR SELECT TO saltbitter_analyst USING (true);
CREATE POLICY select_definer ON saltbitter.event_types
FOR SELECT TO saltbitter_definer USING (true);

GRANT SELECT ON saltbitter.event_types
TO saltbitter_app, saltbitter_worker, saltbitter_analyst, saltbitter_definer;

INSERT INTO saltbitter.event_types (event_type, description)
VALUES
    ('speed_dating', 'Many short talks.'),
    ('workshop', 'Something to learn together.'),
    ('ama', 'Somebody answers questions.')
ON CONFLICT DO NOTHING;

SELECT kernel.enable_audit('saltbitter.event_types');

CREATE TABLE saltbitter.events (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    title text NOT NULL,
    description text,
    type text NOT NULL,
    start_time timestamptz NOT NULL,
    end_time timestamptz NOT NULL,
    capacity integer NOT NULL,
    price numeric(12, 2) NOT NULL DEFAULT 0.00,
    host_name text,
    video_url text,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    time_zone text NOT NULL DEFAULT 'UTC',
    currency text NOT NULL DEFAULT 'USD',
    seats_taken integer NOT NULL DEFAULT 0,
    CONSTRAINT events_pkey PRIMARY KEY (id),
    CONSTRAINT events_type_fkey FOREIGN KEY (type)
        REFERENCES saltbitter.event_types (event_type) ON DELETE RESTRICT,
    CONSTRAINT events_title_length_check CHECK (length(title) BETWEEN 1 AND 200),
    CONSTRAINT events_description_length_check CHECK (length(description) <= 10000),
    CONSTRAINT events_valid_event_duration_check CHECK (end_time > start_time),
    CONSTRAINT events_time_range_check CHECK (
        start_time >= timestamptz '2000-01-01 00:00:00+00'
        AND end_time < timestamptz '9999-01-01 00:00:00+00'
    ),
    CONSTRAINT events_positive_capacity_check CHECK (capacity > 0),
    CONSTRAINT events_non_negative_price_check CHECK (price >= 0),
    CONSTRAINT events_video_url_check
        CHECK (video_url ~ '^https://' AND length(video_url) <= 500),
    CONSTRAINT events_time_zone_check
        CHECK (time_zone ~ '^[A-Za-z][A-Za-z0-9_+/-]{0,59}$'),
    CONSTRAINT events_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT events_seats_check CHECK (seats_taken BETWEEN 0 AND capacity)
);

CREATE INDEX events_start_time_idx ON saltbitter.events (start_time, id);

CREATE INDEX events_type_idx ON saltbitter.events (type, start_time);

COMMENT ON TABLE saltbitter.events IS
'What takes place when, and how many may come. Belongs to nobody.
@row Event
@rows 100k';
COMMENT ON COLUMN saltbitter.events.id IS
'The event.
@public';
COMMENT ON COLUMN saltbitter.events.title IS
'What it is called.
@public';
COMMENT ON COLUMN saltbitter.events.description IS
'What will happen.
@public';
COMMENT ON COLUMN saltbitter.events.type IS
'Its kind.
@public';
COMMENT ON COLUMN saltbitter.events.start_time IS
'When it begins.
@public';
COMMENT ON COLUMN saltbitter.events.end_time IS
'When it ends.
@public';
COMMENT ON COLUMN saltbitter.events.capacity IS
'How many may come.
@public';
COMMENT ON COLUMN saltbitter.events.price IS
'What a seat costs; 0.00 is free.
@public';
COMMENT ON COLUMN saltbitter.events.host_name IS
'Who leads it, as it is announced.
@public';
COMMENT ON COLUMN saltbitter.events.video_url IS
'Where it is held; for people who have a seat.
@internal';
COMMENT ON COLUMN saltbitter.events.created_at IS
'When it was announced.
@public';
COMMENT ON COLUMN saltbitter.events.updated_at IS
'When the row last changed.
@public';
COMMENT ON COLUMN saltbitter.events.time_zone IS
'Where its times are shown as the clock there shows them.
@public';
COMMENT ON COLUMN saltbitter.events.currency IS
'That of the price.
@public';
COMMENT ON COLUMN saltbitter.events.seats_taken IS
'How many seats are taken; registrations move it, and nothing else does.
@public';
COMMENT ON CONSTRAINT events_valid_event_duration_check ON saltbitter.events IS
'@error EventDurationInvalid An event ends after it begins.';
COMMENT ON CONSTRAINT events_positive_capacity_check ON saltbitter.events IS
'@error CapacityInvalid An event has room for one at least.';
COMMENT ON CONSTRAINT events_non_negative_price_check ON saltbitter.events IS
'@error PriceInvalid A price is 0 or more.';
COMMENT ON CONSTRAINT events_seats_check ON saltbitter.events IS
'@error SeatsExceeded More seats are taken than there are.';
COMMENT ON CONSTRAINT events_type_fkey ON saltbitter.events IS
'@error UnknownEventType There is no such kind of event.';

ALTER TABLE saltbitter.events ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.events FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.events
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.events
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_app ON saltbitter.events
FOR SELECT TO saltbitter_app USING (true);
CREATE POLICY all_worker ON saltbitter.events
FOR ALL TO saltbitter_worker USING (true) WITH CHECK (true);
CREATE POLICY select_analyst ON saltbitter.events
FOR SELECT TO saltbitter_analyst USING (true);
CREATE POLICY select_definer ON saltbitter.events
FOR SELECT TO saltbitter_definer USING (true);
CREATE POLICY update_definer ON saltbitter.events
FOR UPDATE TO saltbitter_definer USING (true) WITH CHECK (true);

GRANT
    SELECT (
        id, title, description, type, start_time, end_time, capacity, price, host_name,
        created_at, updated_at, time_zone, currency, seats_taken
    )
ON saltbitter.events TO saltbitter_app, saltbitter_analyst;
GRANT
    SELECT,
    INSERT (
        title, description, type, start_time, end_time, capacity, price, host_name, video_url,
        time_zone, currency
    ),
    UPDATE (
        title, description, type, start_time, end_time, capacity, price, host_name, video_url,
        time_zone, currency
    )
ON saltbitter.events TO saltbitter_worker;
GRANT SELECT, UPDATE (seats_taken) ON saltbitter.events TO saltbitter_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON saltbitter.events
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON saltbitter.events IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('saltbitter.events');

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
