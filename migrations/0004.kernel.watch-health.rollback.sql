-- Acceptances and thresholds go with it: dump them first.

DROP FUNCTION IF EXISTS kernel.findings(text[], boolean);
DROP FUNCTION IF EXISTS kernel.checks();
DROP FUNCTION IF EXISTS kernel.run_check(text, text, text);
DROP FUNCTION IF EXISTS kernel.failed_check(text, text, text);

DROP VIEW kernel.check_trigger_not_enabled;
DROP VIEW kernel.check_constraint_not_validated;
DROP VIEW kernel.check_invalid_index;
DROP VIEW kernel.check_index_not_leakproof;
DROP VIEW kernel.check_role_rights;
DROP VIEW kernel.check_view_rights;
DROP VIEW kernel.check_global_unique;
DROP VIEW kernel.check_column_tags;
DROP VIEW kernel.check_default_privilege;
DROP VIEW kernel.check_partition_privilege;
DROP VIEW kernel.check_unsafe_privilege;
DROP VIEW kernel.check_public_privilege;
DROP VIEW kernel.check_set_null_columns;
DROP VIEW kernel.check_missing_primary_key;
DROP VIEW kernel.check_redundant_index;
DROP VIEW kernel.check_unindexed_foreign_key;
DROP VIEW kernel.check_leakproof_function;
DROP VIEW kernel.check_definer_function;
DROP VIEW kernel.check_policy_helper;
DROP VIEW kernel.check_policy_not_leakproof;
DROP VIEW kernel.check_policy_not_indexed;
DROP VIEW kernel.check_policy_shape;
DROP VIEW kernel.check_missing_owner_policy;
DROP VIEW kernel.check_row_security_not_forced;
DROP VIEW kernel.check_row_security_off;
DROP TABLE kernel.health_threshold;
DROP TABLE kernel.accepted_finding;

DROP FUNCTION IF EXISTS kernel.column_calls(pg_node_tree);
DROP TYPE kernel.finding;
