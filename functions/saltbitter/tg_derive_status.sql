CREATE OR REPLACE FUNCTION saltbitter.tg_derive_status()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_liked bigint;
    v_passed bigint;
BEGIN
    -- Who left does not come back, and only who was matched can leave.
    IF TG_OP = 'UPDATE' THEN
        IF OLD.status = 'unmatched' OR OLD.status = 'matched' AND NEW.status = 'unmatched' THEN
            NEW.status := 'unmatched';
            NEW.matched_at := OLD.matched_at;
            RETURN NEW;
        END IF;
    ELSIF EXISTS (
        SELECT
        FROM saltbitter.users AS u
        WHERE u.id IN (NEW.user_a_id, NEW.user_b_id) AND u.erased_at IS NOT NULL
    ) THEN
        -- A job may have read their ids before they were erased.
        PERFORM saltbitter.refuse_person();
    END IF;
    SELECT
        count(*) FILTER (WHERE d.decision = 'liked'),
        count(*) FILTER (WHERE d.decision = 'passed')
    INTO v_liked, v_passed
    FROM saltbitter.decisions AS d
    WHERE d.user_id = NEW.user_a_id AND d.target_id = NEW.user_b_id
       OR d.user_id = NEW.user_b_id AND d.target_id = NEW.user_a_id;
    NEW.status := CASE
        WHEN v_passed > 0 THEN 'passed'
        WHEN v_liked = 2 THEN 'matched'
        WHEN v_liked = 1 THEN 'liked'
        ELSE 'pending'
    END;
    NEW.matched_at := CASE
        WHEN NEW.status <> 'matched' THEN NULL
        WHEN TG_OP = 'UPDATE' THEN coalesce(OLD.matched_at, now())
        ELSE now()
    END;
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION saltbitter.tg_derive_status() IS
'Works the status of a pair out from the decisions of both. What the statement says of it counts
only where matched people part. Raises SB010 UnknownPerson for a pair with who was erased.';

ALTER FUNCTION saltbitter.tg_derive_status() OWNER TO saltbitter_definer;

CREATE OR REPLACE TRIGGER t05_derive_status
BEFORE INSERT OR UPDATE ON saltbitter.matches
FOR EACH ROW EXECUTE FUNCTION saltbitter.tg_derive_status();

COMMENT ON TRIGGER t05_derive_status ON saltbitter.matches IS
'Status follows from decisions and from nothing else.';
