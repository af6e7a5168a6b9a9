-- Know an address of a photo under standard_conforming_strings = off, too.
-- depends: 0169.saltbitter.forget-what-was-withdrawn
-- locks: none

-- An address with a space in it, which a session that had it off got in, shows no photo and stays.
ALTER FUNCTION saltbitter.is_photo_list(jsonb) SET standard_conforming_strings = on;
