-- Every day that has begun is paid for.
CREATE FUNCTION bikes.price_of(daily_price numeric, started_at timestamptz, ended_at timestamptz)
RETURNS numeric
LANGUAGE sql STABLE
RETURN daily_price * ceil(extract(epoch FROM ended_at - started_at) / 86400);
