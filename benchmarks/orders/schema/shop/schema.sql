CREATE SCHEMA shop;
COMMENT ON SCHEMA shop IS 'One table with a column of each common type.

@app';
