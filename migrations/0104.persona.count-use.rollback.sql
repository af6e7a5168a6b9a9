-- Takes all figures of use with it: dump them first.

DELETE FROM kernel.retention_policy WHERE name = 'usage_days';
DROP VIEW persona.daily_usage;
SELECT kernel.drop_masked_view('persona.usage_days');
SELECT kernel.drop_masked_view('persona.usage_stats');
DROP TABLE persona.usage_days;
DROP TABLE persona.usage_stats;
