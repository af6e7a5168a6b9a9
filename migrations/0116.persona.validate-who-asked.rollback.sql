-- That rows were looked at can't be undone, and nothing needs to be.

SELECT 1;
