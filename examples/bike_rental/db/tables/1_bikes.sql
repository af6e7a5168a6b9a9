CREATE SCHEMA bikes;

COMMENT ON SCHEMA bikes IS 'Bikes for rent, and who rides them.';

CREATE TYPE bikes.equipment AS (name text, broken boolean, note text);

COMMENT ON TYPE bikes.equipment IS 'Something that is mounted on a bike.';
COMMENT ON COLUMN bikes.equipment.note IS '@nullable';

CREATE TABLE bikes.bikes (
    id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    frame text NOT NULL,
    daily_price numeric(8, 2) NOT NULL,
    equipment jsonb NOT NULL DEFAULT '[]',
    retired_on date,
    CONSTRAINT bikes_pkey PRIMARY KEY (id),
    CONSTRAINT bikes_frame_key UNIQUE (frame),
    CONSTRAINT bikes_kind_check CHECK (kind IN ('city', 'cargo', 'race')),
    CONSTRAINT bikes_daily_price_check CHECK (daily_price > 0)
);

COMMENT ON TABLE bikes.bikes IS
'What can be rented.
@row Bike
@rows 500';
COMMENT ON COLUMN bikes.bikes.equipment IS
'What is mounted on it.
@json bikes.equipment[]';
COMMENT ON COLUMN bikes.bikes.frame IS 'The number on its frame.';
COMMENT ON CONSTRAINT bikes_frame_key ON bikes.bikes IS
'@error FrameKnown A bike with this frame number is known already.';
