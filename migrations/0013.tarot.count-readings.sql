-- Count the readings of each person by spread.
-- depends: 0012.tarot.audit-users
-- locks: SHARE ROW EXCLUSIVE on tarot.readings while its rows are counted: a second a million

SELECT kernel.count('tarot.readings', 'readings_live', '{user_id, spread_type}');
