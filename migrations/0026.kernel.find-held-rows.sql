-- Find the holds on a row by its key, where there are thousands.
-- depends: 0025.kernel.gate-copies
-- transactional: false
-- locks: SHARE UPDATE EXCLUSIVE on kernel.legal_hold, which stops nobody who places a hold

-- Of any length, which an ordered index does not take.
CREATE INDEX CONCURRENTLY legal_hold_row_key_idx ON kernel.legal_hold USING hash (row_key)
WHERE released_at IS NULL;
