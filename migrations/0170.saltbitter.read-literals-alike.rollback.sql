-- The function reads its literal by the settings of the session again.

ALTER FUNCTION saltbitter.is_photo_list(jsonb) RESET standard_conforming_strings;
