-- What was forgotten is asked for again.

SELECT 1;
