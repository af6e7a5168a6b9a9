-- Two migrations came after 0117 at once; one line goes on from both.
-- depends: 0118.persona.compare-prices 0119.persona.inline-the-journal
-- locks: none that anyone waits for

SELECT 1;
