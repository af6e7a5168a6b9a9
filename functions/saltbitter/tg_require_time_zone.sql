CREATE OR REPLACE FUNCTION saltbitter.tg_require_time_zone()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
BEGIN
    -- Abbreviations and offsets don't know of summer time.
    IF NEW.time_zone ~ '^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+){1,2})$' THEN
        PERFORM NEW.start_time AT TIME ZONE NEW.time_zone;
        RETURN NEW;
    END IF;
    RAISE invalid_parameter_value;
EXCEPTION
    WHEN invalid_parameter_value THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB045',
            MESSAGE = 'there is no such time zone',
            DETAIL = 'Times of an event are shown as a clock there shows them.',
            HINT = 'Pass UTC, or an area and a place, as Europe/Vienna.';
END;
$$;

COMMENT ON FUNCTION saltbitter.tg_require_time_zone() IS
'BEFORE an event is announced or its zone changes: the server knows the zone. Raises SB045
UnknownTimeZone.';

CREATE OR REPLACE TRIGGER t05_require_time_zone
BEFORE INSERT OR UPDATE OF time_zone ON saltbitter.events
FOR EACH ROW EXECUTE FUNCTION saltbitter.tg_require_time_zone();

COMMENT ON TRIGGER t05_require_time_zone ON saltbitter.events IS
'No zone that no clock knows.';
