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
    canceled_at timestamptz,
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
    CONSTRAINT events_non_negative_price_check CHECK (price >= 0 AND price <> 'NaN'),
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
COMMENT ON COLUMN saltbitter.events.canceled_at IS
'Since when it does not take place; NULL where it does.
@public';
COMMENT ON CONSTRAINT events_valid_event_duration_check ON saltbitter.events IS
'@error EventDurationInvalid An event ends after it begins.';
COMMENT ON CONSTRAINT events_positive_capacity_check ON saltbitter.events IS
'@error CapacityInvalid An event has room for one at least.';
COMMENT ON CONSTRAINT events_non_negative_price_check ON saltbitter.events IS
'@error PriceInvalid A price is 0 or more.';
COMMENT ON CONSTRAINT events_seats_check ON saltbitter.events IS
'@error SeatsExceeded More seats are taken than there are.';
COMMENT ON CONSTRAINT events_title_length_check ON saltbitter.events IS
'@error TitleLength A title has 1 to 200 characters.';
COMMENT ON CONSTRAINT events_description_length_check ON saltbitter.events IS
'@error DescriptionLength A description has up to 10,000 characters.';
COMMENT ON CONSTRAINT events_video_url_check ON saltbitter.events IS
'@error VideoUrlInvalid Where an event is held is an https address of at most 500 characters.';
COMMENT ON CONSTRAINT events_currency_check ON saltbitter.events IS
'@error PriceCurrencyInvalid A currency is three capital letters.';
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
        created_at, updated_at, time_zone, currency, seats_taken, canceled_at
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
GRANT SELECT, UPDATE (seats_taken, canceled_at) ON saltbitter.events TO saltbitter_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON saltbitter.events
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON saltbitter.events IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('saltbitter.events');
