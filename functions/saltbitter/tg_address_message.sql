CREATE OR REPLACE FUNCTION saltbitter.tg_address_message()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_match saltbitter.matches;
BEGIN
    -- Without a pair it goes nowhere, and the table says so.
    IF NEW.match_id IS NULL THEN
        RETURN NEW;
    END IF;
    -- Who leaves waits for messages under way, and those that come later see that he left.
    SELECT m.*
    INTO v_match
    FROM saltbitter.matches AS m
    WHERE m.id = NEW.match_id
      AND m.status = 'matched'
      AND NEW.from_user_id IN (m.user_a_id, m.user_b_id)
    FOR SHARE;
    IF NOT FOUND THEN
        PERFORM saltbitter.refuse_match();
    END IF;
    NEW.to_user_id := CASE NEW.from_user_id
        WHEN v_match.user_a_id THEN v_match.user_b_id
        ELSE v_match.user_a_id
    END;
    -- A conversation is read by its ids: of version 7, and not of a clock that is ahead.
    IF get_byte(uuid_send(NEW.id), 6) >> 4 <> 7 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB014',
            MESSAGE = 'this is no id for a message',
            DETAIL = 'Messages are read in the order of their ids, which this one is not of.',
            HINT = 'Make a uuid of version 7, of the time of now.';
    END IF;
    PERFORM kernel.require_passed(
        to_timestamp(('x' || encode(substr(uuid_send(NEW.id), 1, 6), 'hex'))::bit(48)::bigint / 1000.0)
    );
    NEW.sent_at := now();
    NEW.read_at := NULL;
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION saltbitter.tg_address_message() IS
'Sends a message to the other one of its pair, now, if the two are matched. Raises SB012 NotMatched,
SB014 MessageIdInvalid, KR140 MomentAhead.';

ALTER FUNCTION saltbitter.tg_address_message() OWNER TO saltbitter_definer;

CREATE OR REPLACE TRIGGER t10_address_message
BEFORE INSERT ON saltbitter.messages
FOR EACH ROW EXECUTE FUNCTION saltbitter.tg_address_message();

COMMENT ON TRIGGER t10_address_message ON saltbitter.messages IS
'Messages are between matched people.';
