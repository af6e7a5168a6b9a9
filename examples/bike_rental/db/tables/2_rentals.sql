CREATE TABLE bikes.riders (
    id bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    phone text,
    CONSTRAINT riders_pkey PRIMARY KEY (id)
);

COMMENT ON TABLE bikes.riders IS
'Who rents.
@row Rider';

CREATE TABLE bikes.rentals (
    id bigint GENERATED ALWAYS AS IDENTITY,
    bike_id bigint NOT NULL,
    rider_id bigint NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    price numeric(8, 2),
    CONSTRAINT rentals_pkey PRIMARY KEY (id),
    CONSTRAINT rentals_bike_id_fkey FOREIGN KEY (bike_id) REFERENCES bikes.bikes (id),
    CONSTRAINT rentals_rider_id_fkey FOREIGN KEY (rider_id) REFERENCES bikes.riders (id),
    CONSTRAINT rentals_open_excl EXCLUDE (bike_id WITH =) WHERE (ended_at IS NULL),
    CONSTRAINT rentals_times_check CHECK (ended_at > started_at)
);

CREATE INDEX rentals_rider_id_idx ON bikes.rentals (rider_id, started_at, id);

COMMENT ON TABLE bikes.rentals IS
'Who had which bike, and when.
@row Rental';
COMMENT ON CONSTRAINT rentals_open_excl ON bikes.rentals IS
'@error BikeTaken Somebody else is riding this bike.';
COMMENT ON CONSTRAINT rentals_times_check ON bikes.rentals IS
'@error EndsTooEarly A rental ends after it began.';
