CREATE OR REPLACE FUNCTION saltbitter.age_on(p_birth_date date, p_day date)
RETURNS integer
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN date_part('year', age(p_day::timestamp, p_birth_date::timestamp))::integer;

COMMENT ON FUNCTION saltbitter.age_on(date, date) IS
'How old somebody is on a day, in whole years.';

GRANT EXECUTE ON FUNCTION saltbitter.age_on(date, date)
TO saltbitter_app, saltbitter_worker, saltbitter_definer;
