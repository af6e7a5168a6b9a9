-- Say in the table of people which column names the person.
-- depends: 0002.tarot.create-tables
-- locks: none that anyone waits for; a comment

COMMENT ON COLUMN tarot.users.id IS
'Our own number of the person.
@internal
@subject';
