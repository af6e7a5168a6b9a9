CREATE OR REPLACE FUNCTION saltbitter.wished_genders(p_looking_for_gender text)
RETURNS text[]
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN CASE p_looking_for_gender
    WHEN 'everyone' THEN ARRAY['woman', 'man', 'nonbinary']
    ELSE ARRAY[p_looking_for_gender]
END;

COMMENT ON FUNCTION saltbitter.wished_genders(text) IS
'The genders that fit a wish.';

GRANT EXECUTE ON FUNCTION saltbitter.wished_genders(text) TO saltbitter_definer;
