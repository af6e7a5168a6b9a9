-- Analysts lose their views; nothing else is lost.

SELECT kernel.drop_masked_view('tarot.readings');

SELECT kernel.drop_masked_view('tarot.transactions');

SELECT kernel.drop_masked_view('tarot.credits');

SELECT kernel.drop_masked_view('tarot.users');

COMMENT ON COLUMN tarot.users.subscription_tier IS
'What the person pays for by the month.
@personal subscription
@erase mask ''basic''';

COMMENT ON COLUMN tarot.transactions.type IS
'What the movement is for.
@personal payment
@erase keep the ledger is kept for the tax office';

COMMENT ON COLUMN tarot.readings.question IS
'What the person asked, in their own words; NULL for a reading without a question.
@personal content
@erase delete';
