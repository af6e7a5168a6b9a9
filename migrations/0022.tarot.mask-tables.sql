-- Show analysts people, accounts, movements and readings, masked.
-- depends: 0021.kernel.create-masking
-- locks: SHARE UPDATE EXCLUSIVE on the tables whose comments change, which stops no reader or writer

COMMENT ON COLUMN tarot.users.subscription_tier IS
'What the person pays for by the month.
@personal subscription
@erase mask ''basic''
@mask keep';

COMMENT ON COLUMN tarot.transactions.type IS
'What the movement is for.
@personal payment
@erase keep the ledger is kept for the tax office
@mask keep';

COMMENT ON COLUMN tarot.readings.question IS
'What the person asked, in their own words; NULL for a reading without a question.
@personal content
@erase delete
@mask presence';

SELECT kernel.masked_view('tarot.users');

SELECT kernel.masked_view('tarot.credits');

SELECT kernel.masked_view('tarot.transactions');

SELECT kernel.masked_view('tarot.readings');
