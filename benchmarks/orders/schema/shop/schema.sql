CREATE SCHEMA shop;
COMMENT ON SCHEMA shop IS 'A table with a column of each common type.

@app';
