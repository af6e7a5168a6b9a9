-- Acceptances and thresholds go with it: dump them first.

DROP FUNCTION IF EXISTS kernel.findings(text[], boolean);
DROP FUNCTION IF EXISTS kernel.checks();
DROP FUNCTION IF EXISTS kernel.run_check(text, text, text);
DROP FUNCTION IF EXISTS kernel.failed_check(text, text, text);

DROP TABLE kernel.health_threshold;
DROP TABLE kernel.accepted_finding;

DROP TYPE kernel.finding;
