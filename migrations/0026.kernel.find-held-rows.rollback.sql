-- Holds are found as before, in a time that grows with their number.

DROP INDEX kernel.legal_hold_row_key_idx;
