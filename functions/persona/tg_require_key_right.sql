CREATE OR REPLACE FUNCTION persona.tg_require_key_right()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    -- A rotation of master keys seals rows anew as the owner, in nobody's name.
    IF NOT pg_catalog.pg_has_role(CURRENT_USER, 'strongroom_owner', 'USAGE') THEN
        PERFORM persona.require_right('manage_keys');
    END IF;
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION persona.tg_require_key_right() IS
'BEFORE every statement on keys of vendors: a worker writes them only in the name of an administrator
with the right manage_keys. Raises LB001 RightMissing.';

CREATE OR REPLACE TRIGGER t05_require_key_right
BEFORE INSERT OR UPDATE OR DELETE ON persona.vendor_keys
FOR EACH STATEMENT EXECUTE FUNCTION persona.tg_require_key_right();

COMMENT ON TRIGGER t05_require_key_right ON persona.vendor_keys IS
'Whoever may write the table needs the right, too.';
