CREATE OR REPLACE FUNCTION astroloh.tg_require_birth_consent()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Of the caller, also inside a definer function.
    v_role CONSTANT text := coalesce(nullif(current_setting('role'), 'none'), session_user);
BEGIN
    -- The owner rotates keys, of those who agree no more as well.
    IF TG_OP = 'UPDATE'
        AND pg_has_role(v_role, 'strongroom_owner', 'USAGE')
        AND astroloh.is_resealed(OLD.encrypted_birth_date, NEW.encrypted_birth_date)
        AND astroloh.is_resealed(OLD.encrypted_birth_time, NEW.encrypted_birth_time)
        AND astroloh.is_resealed(OLD.encrypted_birth_location, NEW.encrypted_birth_location)
        AND astroloh.is_resealed(OLD.encrypted_name, NEW.encrypted_name)
        AND (NEW.zodiac_sign, NEW.gender) IS NOT DISTINCT FROM (OLD.zodiac_sign, OLD.gender)
    THEN
        RETURN NEW;
    END IF;
    IF NOT NEW.data_consent THEN
        PERFORM astroloh.refuse_processing();
    END IF;
    PERFORM astroloh.require_processing(NEW.id);
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION astroloh.tg_require_birth_consent() IS
'Refuses what says when, where and as whom a person was born, their sign and their gender, where they
don''t agree to the processing of their data, whoever writes it. Raises KR130 ConsentMissing.';

CREATE OR REPLACE TRIGGER t20_require_consent
BEFORE INSERT ON astroloh.users
FOR EACH ROW
WHEN (
    num_nonnulls(
        NEW.encrypted_birth_date, NEW.encrypted_birth_time, NEW.encrypted_birth_location,
        NEW.encrypted_name, NEW.zodiac_sign, NEW.gender
    ) > 0
)
EXECUTE FUNCTION astroloh.tg_require_birth_consent();

COMMENT ON TRIGGER t20_require_consent ON astroloh.users IS
'Without consent nothing is kept of a birth.';

-- To forget is always allowed.
CREATE OR REPLACE TRIGGER t21_require_consent
BEFORE UPDATE ON astroloh.users
FOR EACH ROW
WHEN (
    num_nonnulls(
        nullif(NEW.encrypted_birth_date, OLD.encrypted_birth_date),
        nullif(NEW.encrypted_birth_time, OLD.encrypted_birth_time),
        nullif(NEW.encrypted_birth_location, OLD.encrypted_birth_location),
        nullif(NEW.encrypted_name, OLD.encrypted_name),
        nullif(NEW.zodiac_sign, OLD.zodiac_sign),
        nullif(NEW.gender, OLD.gender)
    ) > 0
)
EXECUTE FUNCTION astroloh.tg_require_birth_consent();

COMMENT ON TRIGGER t21_require_consent ON astroloh.users IS
'Without consent nothing more is kept of a birth, and what is kept may be forgotten.';
