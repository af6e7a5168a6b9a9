-- The line ends in two places again.

SELECT 1;
