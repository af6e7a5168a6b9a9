-- Takes every person, balance, ledger row and reading with it: dump them first.

DROP SCHEMA tarot CASCADE;
