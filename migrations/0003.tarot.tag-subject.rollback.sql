COMMENT ON COLUMN tarot.users.id IS
'Our own number of the person.
@internal';
