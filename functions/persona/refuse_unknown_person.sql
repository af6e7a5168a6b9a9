CREATE OR REPLACE FUNCTION persona.refuse_unknown_person(p_user_id bigint)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL SAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'LB002',
        MESSAGE = 'nobody has this number',
        DETAIL = pg_catalog.format('The number is %s.', coalesce(p_user_id::text, 'NULL')),
        HINT = 'Take the number from find_user or find_people.';
END;
$$;

COMMENT ON FUNCTION persona.refuse_unknown_person(bigint) IS
'Raises LB002 UnknownPerson.';

GRANT EXECUTE ON FUNCTION persona.refuse_unknown_person(bigint) TO persona_definer;
