CREATE TYPE saltbitter.photo AS (
    url text
);

COMMENT ON TYPE saltbitter.photo IS
'One photo of a profile.';
COMMENT ON COLUMN saltbitter.photo.url IS 'Where it is: https, at most 500 characters.';

GRANT USAGE ON TYPE saltbitter.photo TO saltbitter_app, saltbitter_worker, saltbitter_definer;
