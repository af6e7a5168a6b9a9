-- The whole database, in order: psql -v ON_ERROR_STOP=1 -f schema/install.sql

\ir roles.sql
\ir kernel/schema.sql
\ir extensions/schema.sql

-- Kernel functions that need no table.
\ir ../functions/kernel/current_app.sql
\ir ../functions/kernel/user_bigint.sql
\ir ../functions/kernel/user_uuid.sql
\ir ../functions/kernel/user_text.sql
\ir ../functions/kernel/actor.sql
\ir ../functions/kernel/request_id.sql
\ir ../functions/kernel/served_app.sql
\ir ../functions/kernel/trusted_app.sql
\ir ../functions/kernel/require_user_bigint.sql
\ir ../functions/kernel/require_user_uuid.sql
\ir ../functions/kernel/require_passed.sql
\ir ../functions/kernel/lock_space.sql
\ir ../functions/kernel/uuid_v7_at.sql
\ir ../functions/kernel/uuid_v7.sql
\ir ../functions/kernel/tg_touch_updated_at.sql
\ir ../functions/kernel/comment_tags.sql
\ir ../functions/kernel/subject_columns.sql
\ir ../functions/kernel/app_schemas.sql
\ir ../functions/kernel/guarded_schemas.sql
\ir ../functions/kernel/column_calls.sql
\ir ../functions/kernel/policy_obstacles.sql
\ir ../functions/kernel/base_type.sql
\ir ../functions/kernel/sequence_use.sql
\ir ../functions/kernel/statement_times.sql
\ir ../functions/kernel/acl_text.sql
\ir ../functions/kernel/catalog_partition_parts.sql
\ir ../functions/kernel/catalog_dependents.sql
\ir ../functions/kernel/catalog_rarities.sql
\ir ../functions/kernel/catalog_members_of.sql
\ir ../functions/kernel/catalog_members.sql
\ir ../functions/kernel/catalog_relations.sql
\ir ../functions/kernel/catalog_columns.sql
\ir ../functions/kernel/catalog_constraints.sql
\ir ../functions/kernel/catalog_indexes.sql
\ir ../functions/kernel/catalog_sequences.sql
\ir ../functions/kernel/catalog_types.sql
\ir ../functions/kernel/catalog_routines.sql
\ir ../functions/kernel/catalog_rules.sql
\ir ../functions/kernel/catalog_operators.sql
\ir ../functions/kernel/catalog_operator_families.sql
\ir ../functions/kernel/catalog_text_search.sql
\ir ../functions/kernel/catalog_publications.sql
\ir ../functions/kernel/catalog_default_privileges.sql
\ir ../functions/kernel/catalog_others.sql
\ir ../functions/kernel/catalog_comments.sql
\ir ../functions/kernel/catalog_snapshot.sql

-- Partitions: what a migration may call, and what the table of policies checks by.
\ir ../functions/kernel/partition_suffix.sql
\ir ../functions/kernel/cut_name.sql
\ir ../functions/kernel/partition_name.sql
\ir ../functions/kernel/partition_key.sql
\ir ../functions/kernel/partition_position.sql
\ir ../functions/kernel/partition_bound.sql
\ir ../functions/kernel/partition_spans.sql
\ir ../functions/kernel/partition_steps.sql
\ir ../functions/kernel/partition_cutoff.sql
\ir ../functions/kernel/last_span.sql
\ir ../functions/kernel/highest_key.sql
\ir ../functions/kernel/stored_key.sql
\ir ../functions/kernel/create_partition.sql
\ir ../functions/kernel/wanted_partitions.sql
\ir ../functions/kernel/due_partitions.sql
\ir ../functions/kernel/fill_partition_gaps.sql
\ir ../functions/kernel/create_missing_partitions.sql
\ir ../functions/kernel/try_partitions.sql
\ir ../functions/kernel/extend_partitions.sql
\ir ../functions/kernel/maintain_partitions.sql
\ir ../functions/kernel/partition_policy_problem.sql
\ir ../functions/kernel/tg_check_partition_policy.sql
\ir ../functions/kernel/align_partition.sql
\ir ../functions/kernel/adopt_partitions.sql

-- Holds and retention: what triggers call.
\ir ../functions/kernel/tg_refuse_rewriting.sql
\ir ../functions/kernel/hides_rows.sql
\ir ../functions/kernel/retention_time_type.sql
\ir ../functions/kernel/retention_time_problem.sql
\ir ../functions/kernel/retention_columns_problem.sql
\ir ../functions/kernel/retention_override_problem.sql
\ir ../functions/kernel/foreign_keys_to.sql
\ir ../functions/kernel/reference_problem.sql
\ir ../functions/kernel/retention_problem.sql
\ir ../functions/kernel/mask_problem.sql
\ir ../functions/kernel/tg_check_retention_policy.sql
\ir ../functions/kernel/retention_lag.sql

-- Requests: what triggers call.
\ir ../functions/kernel/is_request_move.sql
\ir ../functions/kernel/request_change_problem.sql
\ir ../functions/kernel/require_erasure_evidence.sql
\ir ../functions/kernel/tg_check_request.sql
\ir ../functions/kernel/tg_log_request.sql

-- Jobs: what a check calls.
\ir ../functions/kernel/job_problem.sql

-- Counters: what a migration may call, and a check.
\ir ../functions/kernel/counter_parts.sql
\ir ../functions/kernel/counter_source.sql
\ir ../functions/kernel/require_countable.sql
\ir ../functions/kernel/require_condition.sql
\ir ../functions/kernel/create_counter_tables.sql
\ir ../functions/kernel/create_counter_view.sql
\ir ../functions/kernel/hang_counters.sql
\ir ../functions/kernel/create_counter_triggers.sql
\ir ../functions/kernel/grant_counter.sql
\ir ../functions/kernel/comment_counter.sql
\ir ../functions/kernel/recount.sql
\ir ../functions/kernel/count.sql
\ir ../functions/kernel/drop_counter.sql
\ir ../functions/kernel/tg_refuse_counted_truncate.sql
\ir ../functions/kernel/waiting_deltas.sql

-- Audit: what a migration may call, and what triggers call.
\ir ../functions/kernel/tg_refuse_audit_change.sql
\ir ../functions/kernel/tg_refuse_audited_truncate.sql
\ir ../functions/kernel/tg_refuse_key_change.sql
\ir ../functions/kernel/audit_columns.sql
\ir ../functions/kernel/audit_shape_id.sql
\ir ../functions/kernel/audit_function_name.sql
\ir ../functions/kernel/readable_json.sql
\ir ../functions/kernel/audit_value.sql
\ir ../functions/kernel/audit_values.sql
\ir ../functions/kernel/audit_key_value.sql
\ir ../functions/kernel/audit_opening_value.sql
\ir ../functions/kernel/audit_settings.sql
\ir ../functions/kernel/audit_function_source.sql
\ir ../functions/kernel/require_auditable.sql
\ir ../functions/kernel/audit_partition.sql
\ir ../functions/kernel/enable_audit.sql
\ir ../functions/kernel/disable_audit.sql

-- Restored copies: what policies and triggers call, and what the ledger checks by.
\ir ../functions/kernel/gate_problem.sql
\ir ../functions/kernel/is_gate_open.sql
\ir ../functions/kernel/may_enter_copy.sql
\ir ../functions/kernel/is_serving.sql
\ir ../functions/kernel/tg_ask_gate.sql
\ir ../functions/kernel/mark_serving.sql
\ir ../functions/kernel/serving_roles.sql
\ir ../functions/kernel/ledger_link.sql
\ir ../functions/kernel/subject_digest.sql
\ir ../functions/kernel/subject_digests.sql

-- People: where their rows are.
\ir ../functions/kernel/subject_links.sql
\ir ../functions/kernel/id_type.sql
\ir ../functions/kernel/subject_condition.sql
\ir ../functions/kernel/subject_link_condition.sql
\ir ../functions/kernel/subject_owners.sql
\ir ../functions/kernel/referred_tables.sql
\ir ../functions/kernel/whole_links.sql
\ir ../functions/kernel/own_conditions.sql
\ir ../functions/kernel/people_conditions.sql
\ir ../functions/kernel/subject_conditions.sql
\ir ../functions/kernel/subject_order.sql
\ir ../functions/kernel/require_app.sql
\ir ../functions/kernel/subject_tables.sql

-- Sealed fields: what a migration may call, and what triggers call.
\ir ../functions/kernel/sealed_columns.sql
\ir ../functions/kernel/sealed_key_id.sql
\ir ../functions/kernel/guard_shape.sql
\ir ../functions/kernel/guard_problem.sql
\ir ../functions/kernel/guard_used.sql
\ir ../functions/kernel/guard_keys.sql
\ir ../functions/kernel/guard_checks.sql
\ir ../functions/kernel/guard_source.sql
\ir ../functions/kernel/guard_partition.sql
\ir ../functions/kernel/guard_sealed.sql
\ir ../functions/kernel/require_sealing_keys.sql

-- Masking: what a migration may call, and what masked views call.
\ir ../functions/kernel/pseudonym.sql
\ir ../functions/kernel/month_start.sql
\ir ../functions/kernel/band.sql
\ir ../functions/kernel/json_shape.sql
\ir ../functions/kernel/type_family.sql
\ir ../functions/kernel/is_value_list.sql
\ir ../functions/kernel/pseudonym_label.sql
\ir ../functions/kernel/default_mask.sql
\ir ../functions/kernel/unfit_mask.sql
\ir ../functions/kernel/masked_columns.sql
\ir ../functions/kernel/masked_expression.sql
\ir ../functions/kernel/masked_select.sql
\ir ../functions/kernel/masked_view_name.sql
\ir ../functions/kernel/masked_view_of.sql
\ir ../functions/kernel/comment_masked_view.sql
\ir ../functions/kernel/make_masking_key.sql
\ir ../functions/kernel/require_maskable.sql
\ir ../functions/kernel/masked_view.sql
\ir ../functions/kernel/drop_masked_view.sql

-- Consent: what a migration may call, and what policies and triggers call.
\ir ../functions/kernel/publish_consent_text.sql
\ir ../functions/kernel/subject_has_consent.sql
\ir ../functions/kernel/has_consent.sql
\ir ../functions/kernel/require_consent.sql

\ir kernel/data_map.sql

-- Health.
\ir kernel/types.sql
\ir kernel/accepted_finding.sql
\ir kernel/health_threshold.sql
\ir kernel/check_row_security_off.sql
\ir kernel/check_row_security_not_forced.sql
\ir kernel/check_missing_owner_policy.sql
\ir kernel/check_policy_shape.sql
\ir kernel/check_policy_not_indexed.sql
\ir kernel/check_policy_not_leakproof.sql
\ir kernel/check_policy_helper.sql
\ir kernel/check_definer_function.sql
\ir kernel/check_leakproof_function.sql
\ir kernel/check_unindexed_foreign_key.sql
\ir kernel/check_redundant_index.sql
\ir kernel/check_missing_primary_key.sql
\ir kernel/check_set_null_columns.sql
\ir kernel/check_public_privilege.sql
\ir kernel/check_unsafe_privilege.sql
\ir kernel/check_partition_privilege.sql
\ir kernel/check_default_privilege.sql
\ir kernel/check_column_tags.sql
\ir kernel/check_global_unique.sql
\ir kernel/check_view_rights.sql
\ir kernel/check_role_rights.sql
\ir kernel/check_index_not_leakproof.sql
\ir kernel/check_invalid_index.sql
\ir kernel/check_constraint_not_validated.sql
\ir kernel/check_trigger_not_enabled.sql
\ir kernel/check_sequence_use.sql
\ir kernel/check_transaction_id_age.sql
\ir kernel/check_long_transaction.sql
\ir kernel/check_idle_in_transaction.sql
\ir kernel/check_blocked_session.sql
\ir kernel/check_prepared_transaction.sql
\ir kernel/check_connections.sql
\ir kernel/check_cache_hit.sql
\ir kernel/check_replication_lag.sql
\ir kernel/check_replication_slot.sql
\ir kernel/check_dead_rows.sql
\ir kernel/check_stale_statistics.sql
\ir kernel/check_unused_index.sql
\ir kernel/check_bloat.sql
\ir kernel/check_slow_statement.sql
\ir kernel/check_settings.sql
\ir kernel/check_unbound_role.sql
\ir kernel/check_limited_sight.sql
\ir kernel/table_sizes.sql
\ir kernel/index_use.sql
\ir kernel/column_statistics.sql
\ir kernel/slow_statements.sql
\ir kernel/server_state.sql
\ir ../functions/kernel/failed_check.sql
\ir ../functions/kernel/run_check.sql
\ir ../functions/kernel/checks.sql
\ir ../functions/kernel/findings.sql

-- Jobs.
\ir kernel/job.sql
\ir kernel/job_run.sql
\ir ../functions/kernel/job_function.sql
\ir ../functions/kernel/next_due.sql
\ir ../functions/kernel/due_jobs.sql
\ir ../functions/kernel/end_job_run.sql
\ir ../functions/kernel/begin_job_run.sql
\ir ../functions/kernel/record_job_batch.sql
\ir ../functions/kernel/run_job_batch.sql
\ir ../functions/kernel/close_lost_runs.sql
\ir ../functions/kernel/run_due_jobs.sql
\ir ../functions/kernel/run_jobs.sql
\ir ../functions/kernel/trim_job_runs.sql
\ir kernel/check_jobs.sql

-- Counters.
\ir kernel/counter.sql
\ir ../functions/kernel/fold_counter.sql
\ir ../functions/kernel/fold_counters.sql
\ir ../functions/kernel/backfill_counters.sql
\ir ../functions/kernel/adjust_counters_for.sql
\ir ../functions/kernel/erase_counters.sql
\ir kernel/check_counter_lag.sql

-- Holds and retention.
\ir kernel/legal_hold.sql
\ir kernel/held_subject.sql
\ir kernel/request_policy.sql
\ir kernel/calendar_day.sql
\ir kernel/subject_request.sql
\ir kernel/subject_request_event.sql
\ir kernel/erasure_step.sql
\ir kernel/erasure_token.sql
\ir kernel/erasure_trace.sql
\ir kernel/erasure_evidence.sql
\ir kernel/pinned_subject.sql
\ir kernel/destruction_record.sql
\ir ../functions/kernel/lock_pins.sql
\ir ../functions/kernel/is_subject_held.sql
\ir ../functions/kernel/is_subject_pinned.sql
\ir ../functions/kernel/require_spelling.sql
\ir ../functions/kernel/canonical_subject.sql
\ir ../functions/kernel/written_subject.sql
\ir ../functions/kernel/canonical_row_key.sql
\ir ../functions/kernel/require_hold_target.sql
\ir ../functions/kernel/place_hold.sql
\ir ../functions/kernel/release_hold.sql
\ir ../functions/kernel/release_expired_holds.sql
\ir ../functions/kernel/key_types.sql
\ir ../functions/kernel/held_key_condition.sql
\ir ../functions/kernel/hold_conditions.sql
\ir ../functions/kernel/pinned_conditions.sql
\ir ../functions/kernel/has_partition_pins.sql
\ir ../functions/kernel/overdue_partitions.sql
\ir ../functions/kernel/is_partition_free.sql
\ir ../functions/kernel/record_destruction.sql

-- Partitions.
\ir kernel/partition_policy.sql
\ir kernel/expiring_partition.sql
\ir kernel/partition_runway.sql
\ir kernel/check_partition_runway.sql
\ir kernel/check_partition_drift.sql
\ir kernel/check_partition_plan.sql
\ir kernel/check_counter_drift.sql
\ir kernel/check_untagged_schema.sql
\ir ../functions/kernel/quote_bound.sql
\ir ../functions/kernel/reattach_partition.sql
\ir ../functions/kernel/count_partition.sql
\ir ../functions/kernel/digest_partition.sql
\ir ../functions/kernel/partition_form.sql
\ir ../functions/kernel/is_partition_as_read.sql
\ir ../functions/kernel/expired_partitions.sql
\ir ../functions/kernel/expiry_states.sql
\ir ../functions/kernel/begin_expiry.sql
\ir ../functions/kernel/finish_expiry.sql
\ir ../functions/kernel/analyze_roots.sql
-- Retention.
\ir kernel/retention_policy.sql
\ir kernel/check_retention_lag.sql
\ir kernel/check_hold_expiry.sql
\ir ../functions/kernel/retention_cutoff.sql
\ir ../functions/kernel/retention_due.sql
\ir ../functions/kernel/staying_rows.sql
\ir ../functions/kernel/references_to.sql
\ir ../functions/kernel/retention_free.sql
\ir ../functions/kernel/retention_window.sql
\ir ../functions/kernel/require_batch.sql
\ir ../functions/kernel/require_retention_policy.sql
\ir ../functions/kernel/require_stable_mask.sql
\ir ../functions/kernel/key_digest.sql
\ir ../functions/kernel/record_statement.sql
\ir ../functions/kernel/destruction_statement.sql
\ir ../functions/kernel/deletion_statement.sql
\ir ../functions/kernel/delete_rows.sql
\ir ../functions/kernel/destroy_rows.sql
\ir ../functions/kernel/expired_spans.sql
\ir ../functions/kernel/sweep_rows.sql
\ir ../functions/kernel/sweep_partitions.sql
\ir ../functions/kernel/end_sweeps.sql
\ir ../functions/kernel/note_batch.sql
\ir ../functions/kernel/begin_batch.sql
\ir ../functions/kernel/try_policy.sql
\ir ../functions/kernel/apply_retention.sql
\ir ../functions/kernel/expired_source.sql
\ir ../functions/kernel/retention_counts.sql
\ir ../functions/kernel/retention_preview.sql

-- Audit.
\ir kernel/audit_shape.sql
\ir kernel/audit_salt.sql
\ir kernel/audit_inbox.sql
\ir kernel/audit_log.sql
\ir kernel/audit_seal.sql
\ir kernel/audit_entries.sql
\ir kernel/check_audit_drift.sql
\ir kernel/check_audit_lag.sql
\ir ../functions/kernel/merkle_root.sql
\ir ../functions/kernel/audit_leaf.sql
\ir ../functions/kernel/audit_link.sql
\ir ../functions/kernel/fitting_values.sql
\ir ../functions/kernel/span_to_seal.sql
\ir ../functions/kernel/seal_audit.sql
\ir ../functions/kernel/export_audit_root.sql
\ir ../functions/kernel/sealed_batch_problem.sql
\ir ../functions/kernel/verify_audit.sql
\ir ../functions/kernel/opening_conditions.sql
\ir ../functions/kernel/audit_free.sql
\ir ../functions/kernel/is_audit_held.sql
\ir ../functions/kernel/require_unheld_subject.sql
\ir ../functions/kernel/erase_audit.sql
\ir ../functions/kernel/log_access.sql
\ir ../functions/kernel/app_audit.sql
\ir ../functions/kernel/audit_named_values.sql
\ir ../functions/kernel/audit_named_hashes.sql
\ir ../functions/kernel/audit_named_entries.sql
\ir ../functions/kernel/audit_key_match.sql
\ir ../functions/kernel/audit_live_rows.sql
\ir ../functions/kernel/audit_changes.sql

-- People.
\ir kernel/check_unreached_person.sql
\ir ../functions/kernel/is_searchable.sql
\ir ../functions/kernel/trace_forms.sql
\ir ../functions/kernel/trace_condition.sql
\ir ../functions/kernel/searched_among.sql
\ir ../functions/kernel/searched_tables.sql
\ir ../functions/kernel/is_without_pages.sql
\ir ../functions/kernel/count_traces.sql
\ir ../functions/kernel/traces_in.sql
\ir ../functions/kernel/traces_in_statistics.sql
\ir ../functions/kernel/subject_traces.sql
\ir ../functions/kernel/token_sources.sql
\ir ../functions/kernel/program_words.sql
\ir ../functions/kernel/personal_tokens.sql

-- Restored copies.
\ir kernel/serving_gate.sql
\ir kernel/check_missing_gate.sql
\ir kernel/check_erasures_not_replayed.sql
\ir ../functions/kernel/close_gate.sql
\ir kernel/erasure_ledger.sql
\ir ../functions/kernel/erasure_ledger_head.sql
\ir ../functions/kernel/append_erasure.sql
\ir kernel/replayed_erasure.sql
\ir ../functions/kernel/ledger_subjects.sql
\ir ../functions/kernel/import_erasure.sql
\ir ../functions/kernel/replay_erasures.sql
\ir ../functions/kernel/open_gate.sql

-- Consent.
\ir kernel/consent_text.sql
\ir kernel/consent_event.sql
\ir kernel/my_consents.sql
\ir kernel/current_consent_text.sql
\ir ../functions/kernel/lock_consent.sql
\ir ../functions/kernel/require_wording.sql
\ir ../functions/kernel/add_consent_event.sql
\ir ../functions/kernel/give_consent.sql
\ir ../functions/kernel/withdraw_consent.sql
\ir ../functions/kernel/withdraw_consents.sql
\ir ../functions/kernel/blank_consents.sql
\ir ../functions/kernel/forget_consents.sql
\ir ../functions/kernel/trim_consents.sql

-- Requests and erasure.
\ir kernel/erased_subject.sql
\ir ../functions/kernel/refuse_erased.sql
\ir ../functions/kernel/tg_refuse_erased.sql
\ir ../functions/kernel/id_kind.sql
\ir ../functions/kernel/refuse_late_writes.sql
\ir ../functions/kernel/has_tombstone.sql
\ir ../functions/kernel/note_erased.sql
\ir ../functions/kernel/keep_out_erased.sql
\ir ../functions/kernel/readmit_subject.sql
\ir ../functions/kernel/keep_out_subject.sql
\ir ../functions/kernel/request_due.sql
\ir ../functions/kernel/request_identity.sql
\ir ../functions/kernel/new_request_code.sql
\ir ../functions/kernel/hash_request_code.sql
\ir ../functions/kernel/join_request.sql
\ir ../functions/kernel/request_erasure.sql
\ir ../functions/kernel/request_access.sql
\ir ../functions/kernel/request_rectification.sql
\ir ../functions/kernel/verify_request.sql
\ir ../functions/kernel/my_requests.sql
\ir ../functions/kernel/require_request.sql
\ir ../functions/kernel/require_request_reason.sql
\ir ../functions/kernel/open_request.sql
\ir ../functions/kernel/approve_request.sql
\ir ../functions/kernel/refuse_request.sql
\ir ../functions/kernel/extend_request.sql
\ir ../functions/kernel/answer_request.sql
\ir ../functions/kernel/erasure_columns.sql
\ir ../functions/kernel/erasure_problem.sql
\ir ../functions/kernel/erasure_actions.sql
\ir ../functions/kernel/erasure_plan.sql
\ir ../functions/kernel/erasure_change.sql
\ir ../functions/kernel/erasure_free.sql
\ir ../functions/kernel/erasure_references.sql
\ir ../functions/kernel/lock_rows.sql
\ir ../functions/kernel/erase_rows.sql
\ir ../functions/kernel/add_erasure_step.sql
\ir ../functions/kernel/plan_erasure.sql
\ir ../functions/kernel/next_erasure_step.sql
\ir ../functions/kernel/end_erasure_step.sql
\ir ../functions/kernel/erase_table.sql
\ir ../functions/kernel/cut_cycle.sql
\ir ../functions/kernel/remember_tokens.sql
\ir ../functions/kernel/scan_traces.sql
\ir ../functions/kernel/clear_statistics.sql
\ir ../functions/kernel/renew_derived.sql
\ir ../functions/kernel/erase_from_kernel.sql
\ir ../functions/kernel/run_erasure_step.sql
\ir ../functions/kernel/erasure_vacuums.sql
\ir ../functions/kernel/require_running_erasure.sql
\ir ../functions/kernel/mark_vacuumed.sql
\ir ../functions/kernel/fail_erasure.sql
\ir ../functions/kernel/accept_trace.sql
\ir ../functions/kernel/erasure_pending.sql
\ir ../functions/kernel/preview_erasure.sql
\ir ../functions/kernel/erasure_act_tables.sql
\ir ../functions/kernel/erasure_act.sql
\ir ../functions/kernel/erasure_log.sql
\ir ../functions/kernel/forget_requests.sql
\ir ../functions/kernel/has_late_rows.sql
\ir ../functions/kernel/finish_erasure.sql
\ir ../functions/kernel/is_erasure_free.sql
\ir ../functions/kernel/trim_requests.sql
\ir ../functions/kernel/tend_requests.sql

-- Sealed fields.
\ir kernel/encryption_key.sql
\ir kernel/subject_key.sql
\ir kernel/check_sealing_drift.sql
\ir ../functions/kernel/require_key_access.sql
\ir ../functions/kernel/claim_data_key.sql
\ir ../functions/kernel/claim_data_keys.sql
\ir ../functions/kernel/give_data_key.sql
\ir ../functions/kernel/claim_index_keys.sql
\ir ../functions/kernel/wrapped_keys.sql
\ir ../functions/kernel/shred_subject_keys.sql
\ir ../functions/kernel/activate_encryption_key.sql
\ir ../functions/kernel/register_encryption_key.sql
\ir ../functions/kernel/data_keys_to_move.sql
\ir ../functions/kernel/rewrap_data_keys.sql
\ir ../functions/kernel/replace_data_keys.sql
\ir ../functions/kernel/close_data_keys.sql
\ir ../functions/kernel/count_under_keys.sql
\ir ../functions/kernel/rows_under_keys.sql
\ir ../functions/kernel/rows_under_keys_elsewhere.sql
\ir ../functions/kernel/retire_encryption_key.sql

-- Masking.
\ir kernel/masking_key.sql
\ir kernel/check_masking_drift.sql
\ir kernel/check_keys_unrotated.sql
\ir kernel/check_requests_due.sql
\ir ../functions/kernel/rotate_masking_key.sql

-- People: exports.
\ir ../functions/kernel/holds_json.sql
\ir ../functions/kernel/export_value.sql
\ir ../functions/kernel/export_own_parts.sql
\ir ../functions/kernel/export_parts.sql
\ir ../functions/kernel/export_plan.sql
\ir ../functions/kernel/access_names.sql
\ir ../functions/kernel/export_rows.sql
\ir ../functions/kernel/export_subject.sql
\ir ../functions/kernel/export_keys.sql
\ir ../functions/kernel/rectified_index_problem.sql
\ir ../functions/kernel/rectification_problem.sql
\ir ../functions/kernel/require_unheld_row.sql
\ir ../functions/kernel/rectify_row.sql
\ir ../functions/kernel/rectify_subject.sql

-- App: astroloh.
\ir astroloh/schema.sql
\ir astroloh/types.sql
\ir astroloh/users.sql
\ir astroloh/user_identities.sql
\ir astroloh/security_event_types.sql
\ir astroloh/security_logs.sql

-- What checks of its tables call.
\ir ../functions/astroloh/is_valid_context.sql
\ir ../functions/astroloh/is_time_zone.sql
\ir ../functions/astroloh/is_valid_interests.sql
\ir ../functions/astroloh/is_valid_time_slots.sql

\ir astroloh/user_sessions.sql
\ir astroloh/horoscope_requests.sql
\ir astroloh/daily_requests.sql
\ir astroloh/user_preferences.sql
\ir astroloh/user_interactions.sql
\ir astroloh/daily_interactions.sql
\ir astroloh/recommendations.sql
\ir astroloh/recommendation_metrics.sql
\ir astroloh/recommendation_performance.sql
\ir astroloh/user_clusters.sql
\ir astroloh/cluster_sizes.sql
\ir astroloh/ab_tests.sql
\ir astroloh/ab_test_groups.sql
\ir astroloh/data_deletion_requests.sql
\ir astroloh/consents.sql

-- People, and the ways by which they come.
\ir ../functions/astroloh/find_user.sql
\ir ../functions/astroloh/register_user.sql
\ir ../functions/astroloh/unlink_identity.sql

-- The security log.
\ir ../functions/astroloh/tg_refuse_log_change.sql
\ir ../functions/astroloh/tg_log_person.sql
\ir ../functions/astroloh/tg_log_identity.sql
\ir ../functions/astroloh/log_security_event.sql
\ir ../functions/astroloh/log_decryption.sql

-- Dialogs.
\ir ../functions/astroloh/require_lifetime.sql
\ir ../functions/astroloh/refuse_session.sql
\ir ../functions/astroloh/open_session.sql
\ir ../functions/astroloh/cleanup_expired_sessions.sql
\ir ../functions/astroloh/tend_sessions.sql

-- App: saltbitter.
\set app saltbitter
\set needs 'postgis'
\ir extensions/make.psql
\if :is_whole
\ir saltbitter/schema.sql
\ir saltbitter/types.sql
\ir saltbitter/users.sql

-- What the CHECKs of the next tables call.
\ir ../functions/saltbitter/is_photo_list.sql

\ir saltbitter/profiles.sql
\ir saltbitter/decisions.sql
\ir saltbitter/matches.sql
\ir saltbitter/messages.sql
\ir saltbitter/consent_logs.sql
\ir saltbitter/attachment_assessments.sql
\ir saltbitter/ai_types.sql
\ir saltbitter/ai_interactions.sql
\ir saltbitter/ai_opt_outs.sql
\ir saltbitter/compliance_logs.sql
\ir saltbitter/subscriptions.sql
\ir saltbitter/payment_types.sql
\ir saltbitter/payments.sql
\ir saltbitter/webhook_events.sql
\ir saltbitter/event_types.sql
\ir saltbitter/events.sql
\ir saltbitter/event_registrations.sql

-- What refuses, before what calls it.
\ir ../functions/saltbitter/refuse_person.sql
\ir ../functions/saltbitter/refuse_match.sql
\ir ../functions/saltbitter/require_profile.sql
\ir ../functions/saltbitter/require_search.sql

-- People, places, and who is near.
\ir ../functions/saltbitter/register_user.sql
\ir ../functions/saltbitter/find_login.sql
\ir ../functions/saltbitter/change_password.sql
\ir ../functions/saltbitter/change_email.sql
\ir ../functions/saltbitter/age_on.sql
\ir ../functions/saltbitter/cell_centre.sql
\ir ../functions/saltbitter/distance_band.sql
\ir ../functions/saltbitter/wished_genders.sql
\ir ../functions/saltbitter/consents_to_meet.sql
\ir ../functions/saltbitter/tg_snap_location.sql
\ir ../functions/saltbitter/set_location.sql
\ir ../functions/saltbitter/clear_location.sql
\ir ../functions/saltbitter/nearby_profiles.sql

-- Decisions, matches, messages.
\ir ../functions/saltbitter/tg_derive_status.sql
\ir ../functions/saltbitter/tg_follow_decision.sql
\ir ../functions/saltbitter/decide.sql
\ir ../functions/saltbitter/unmatch.sql
\ir ../functions/saltbitter/tg_address_message.sql
\ir ../functions/saltbitter/matched_profile.sql

-- What laws want.
\ir ../functions/saltbitter/tg_require_consent.sql
\ir ../functions/saltbitter/tg_forget_withdrawn.sql
\ir ../functions/saltbitter/consent_evidence.sql
\ir ../functions/saltbitter/give_consent.sql
\ir ../functions/saltbitter/withdraw_consent.sql
\ir ../functions/saltbitter/log_compliance.sql
\ir ../functions/saltbitter/tg_refuse_log_change.sql
\ir ../functions/saltbitter/require_ai.sql
\ir ../functions/saltbitter/show_ai_disclosure.sql
\ir ../functions/saltbitter/consent_to_ai.sql
\ir ../functions/saltbitter/set_ai_opt_out.sql

-- Money.
\ir ../functions/saltbitter/claim_webhook.sql
\ir ../functions/saltbitter/effective_tier.sql
\ir ../functions/saltbitter/tg_follow_subscription.sql
\ir ../functions/saltbitter/set_subscription.sql
\ir ../functions/saltbitter/expire_subscriptions.sql
\ir ../functions/saltbitter/tg_keep_payment.sql
\ir ../functions/saltbitter/start_payment.sql
\ir ../functions/saltbitter/lock_payment.sql
\ir ../functions/saltbitter/settle_payment.sql
\ir ../functions/saltbitter/refund_payment.sql

-- Events.
\ir ../functions/saltbitter/lock_event.sql
\ir ../functions/saltbitter/require_ticket.sql
\ir ../functions/saltbitter/register_for_event.sql
\ir ../functions/saltbitter/cancel_registration.sql
\ir ../functions/saltbitter/cancel_event.sql
\ir ../functions/saltbitter/tg_require_time_zone.sql
\ir ../functions/saltbitter/event_link.sql
\ir ../functions/saltbitter/tg_count_seats.sql
\ir ../functions/saltbitter/tg_give_seat_back.sql
\endif

-- Consultations, recommendations, experiments.
\ir ../functions/astroloh/tg_log_requests.sql
\ir ../functions/astroloh/tg_log_forgotten.sql
\ir ../functions/astroloh/tg_log_session.sql
\ir ../functions/astroloh/tg_move_recommendation.sql
\ir ../functions/astroloh/expire_recommendations.sql
\ir ../functions/astroloh/assign_group.sql

-- Whose time is over.
\ir ../functions/astroloh/keep_returned.sql
\ir ../functions/astroloh/enforce_data_retention.sql
\ir ../functions/astroloh/tend_people.sql

-- Consent.
\ir ../functions/astroloh/may_process.sql
\ir ../functions/astroloh/refuse_processing.sql
\ir ../functions/astroloh/require_processing.sql
\ir ../functions/astroloh/is_resealed.sql
\ir ../functions/astroloh/tg_require_consent.sql
\ir ../functions/astroloh/tg_require_birth_consent.sql
\ir ../functions/astroloh/give_consent.sql
\ir ../functions/astroloh/withdraw_consent.sql

-- App: tarot.
\ir tarot/schema.sql
\ir tarot/types.sql
\ir tarot/users.sql
\ir tarot/credits.sql
\ir tarot/spread_prices.sql

-- What the CHECKs of the next tables call.
\ir ../functions/tarot/is_valid_movement.sql
\ir ../functions/tarot/deck.sql
\ir ../functions/tarot/card_count.sql
\ir ../functions/tarot/is_valid_draw.sql

\ir tarot/transactions.sql
\ir tarot/readings.sql
\ir tarot/cache_lifetimes.sql
\ir tarot/sessions.sql
\ir tarot/ledger_breaks.sql
\ir tarot/daily_readings.sql
\ir tarot/daily_movements.sql

-- What refuses, before what calls it.
\ir ../functions/tarot/refuse_ledger_change.sql
\ir ../functions/tarot/refuse_other_request.sql
\ir ../functions/tarot/refuse_transition.sql
\ir ../functions/tarot/refuse_unknown_account.sql
\ir ../functions/tarot/refuse_version.sql
\ir ../functions/tarot/require_amount.sql
\ir ../functions/tarot/require_price.sql
\ir ../functions/tarot/require_job_arguments.sql

-- How the ledger moves balances.
\ir ../functions/tarot/move_balance.sql
\ir ../functions/tarot/take_back.sql
\ir ../functions/tarot/tg_post_transaction.sql
\ir ../functions/tarot/tg_settle_transaction.sql
\ir ../functions/tarot/tg_refuse_ledger_change.sql

-- What applications and jobs call.
\ir ../functions/tarot/lock_account.sql
\ir ../functions/tarot/find_request.sql
\ir ../functions/tarot/find_drawn.sql
\ir ../functions/tarot/lock_purchase.sql
\ir ../functions/tarot/register_user.sql
\ir ../functions/tarot/find_user.sql
\ir ../functions/tarot/spend_credits.sql
\ir ../functions/tarot/draw_reading.sql
\ir ../functions/tarot/start_purchase.sql
\ir ../functions/tarot/complete_purchase.sql
\ir ../functions/tarot/fail_purchase.sql
\ir ../functions/tarot/refund_transaction.sql
\ir ../functions/tarot/grant_bonus.sql
\ir ../functions/tarot/expire_subscriptions.sql
\ir ../functions/tarot/tend_subscriptions.sql
\ir ../functions/tarot/fail_stale_purchases.sql
\ir ../functions/tarot/tend_purchases.sql

-- Sessions, and what caches may keep.
\ir ../functions/tarot/tg_tell_lifetimes.sql
\ir ../functions/tarot/session_token_hash.sql
\ir ../functions/tarot/open_session.sql
\ir ../functions/tarot/find_session.sql

-- App: persona.
\ir persona/schema.sql
\ir persona/types.sql
\ir persona/users.sql
\ir persona/user_settings.sql
\ir persona/admin_users.sql

-- What the CHECKs of the next tables call.
\ir ../functions/persona/is_free_of_secrets.sql
\ir ../functions/persona/sanitised_text.sql
\ir ../functions/persona/sanitised.sql

\ir persona/app_settings.sql
\ir persona/vendor_keys.sql
\ir persona/llm_cache.sql
\ir persona/llm_cache_claims.sql
\ir persona/usage_stats.sql
\ir persona/usage_days.sql
\ir persona/daily_usage.sql
\ir persona/plans.sql
\ir persona/subscriptions.sql
\ir persona/consent_log.sql

-- What keeps them as they should be.
\ir ../functions/persona/tg_stamp_rate.sql
\ir ../functions/persona/tg_derive_is_admin.sql
\ir ../functions/persona/tg_mark_admin.sql
\ir ../functions/persona/tg_keep_settings.sql
\ir ../functions/persona/tg_tell_settings.sql
\ir ../functions/persona/tg_require_key_right.sql
\ir ../functions/persona/tg_keep_totals.sql
\ir ../functions/persona/tg_publish_consent.sql
\ir ../functions/persona/tg_require_consent.sql

-- Rights, before what asks for them.
\ir ../functions/persona/require_right.sql
\ir ../functions/persona/lock_managers.sql
\ir ../functions/persona/require_manager.sql
\ir ../functions/persona/refuse_unknown_person.sql
\ir ../functions/persona/grant_rights.sql
\ir ../functions/persona/revoke_rights.sql
\ir ../functions/persona/list_admins.sql

-- People.
\ir ../functions/persona/register_user.sql
\ir ../functions/persona/find_user.sql
\ir ../functions/persona/view_profile.sql
\ir ../functions/persona/find_people.sql
\ir ../functions/persona/change_settings_of.sql

-- The bot itself.
\ir ../functions/persona/change_app_settings.sql
\ir ../functions/persona/publish_consent.sql

-- Cached answers.
\ir ../functions/persona/scoped_cache_key.sql
\ir ../functions/persona/cache_scope.sql
\ir ../functions/persona/require_lease.sql
\ir ../functions/persona/find_answer.sql
\ir ../functions/persona/drop_claim.sql
\ir ../functions/persona/claim_answer.sql
\ir ../functions/persona/store_answer.sql
\ir ../functions/persona/release_claim.sql
\ir ../functions/persona/forget_answers.sql
\ir ../functions/persona/withdraw_consent.sql

-- Use.
\ir ../functions/persona/add_usage.sql
\ir ../functions/persona/record_usage.sql
\ir ../functions/persona/record_system_usage.sql
\ir ../functions/persona/usage_by_vendor.sql
\ir ../functions/persona/usage_by_day.sql
\ir ../functions/persona/usage_of.sql

-- Subscriptions.
\ir ../functions/persona/roll_subscriptions.sql
\ir ../functions/persona/make_room.sql
\ir ../functions/persona/require_plan.sql
\ir ../functions/persona/begin_subscription.sql
\ir ../functions/persona/refund_subscription.sql
\ir ../functions/persona/cancel_subscription.sql
\ir ../functions/persona/expire_subscriptions.sql

-- The journal of who saw or changed whose data.
\ir ../functions/persona/audit_action.sql
\ir ../functions/persona/audit_details.sql
\ir persona/pd_audit_log.sql
\ir ../functions/persona/list_pd_audit.sql

-- App: chatsphere.
\set app chatsphere
\set needs 'vector>=0.8 pg_trgm btree_gin'
\ir extensions/make.psql
\if :is_whole
\ir chatsphere/schema.sql
\ir chatsphere/plans.sql
\ir chatsphere/users.sql
\ir chatsphere/api_keys.sql
\ir chatsphere/subscriptions.sql
\ir chatsphere/usage_periods.sql
\ir chatsphere/api_usage.sql
\ir chatsphere/accounts_by_plan.sql
\ir chatsphere/chatbots.sql
\ir chatsphere/training_sources.sql
\ir chatsphere/training_jobs.sql
\ir ../functions/chatsphere/text_config.sql
\ir chatsphere/document_chunks.sql
\ir chatsphere/chat_sessions.sql
\ir chatsphere/chat_messages.sql
\ir chatsphere/user_chatbot_metrics.sql
\ir chatsphere/analytics_usage.sql
\ir chatsphere/performance_metrics.sql
\ir chatsphere/error_logs.sql
\ir chatsphere/cache_lifetimes.sql

-- What refuses, and what others are made of.
\ir ../functions/chatsphere/refuse_account.sql
\ir ../functions/chatsphere/refuse_chatbot.sql
\ir ../functions/chatsphere/refuse_claim.sql
\ir ../functions/chatsphere/require_count.sql
\ir ../functions/chatsphere/new_secret.sql
\ir ../functions/chatsphere/hash_secret.sql
\ir ../functions/chatsphere/take_usage.sql
\ir ../functions/chatsphere/apply_plan.sql
\ir ../functions/chatsphere/tg_apply_plan.sql
\ir ../functions/chatsphere/tg_guard_subscription.sql
\ir ../functions/chatsphere/tg_tell_stale.sql
\ir ../functions/chatsphere/require_embedding.sql
\ir ../functions/chatsphere/has_many_chunks.sql
\ir ../functions/chatsphere/nearest_chunks.sql
\ir ../functions/chatsphere/near_chunks.sql
\ir ../functions/chatsphere/match_meaning.sql
\ir ../functions/chatsphere/match_words.sql
\ir ../functions/chatsphere/match_letters.sql
\ir ../functions/chatsphere/rank_chunks.sql
\ir ../functions/chatsphere/find_chunks.sql
\ir ../functions/chatsphere/lock_lease.sql
\ir ../functions/chatsphere/end_training_job.sql
\ir ../functions/chatsphere/require_session.sql
\ir ../functions/chatsphere/clean_text.sql
\ir ../functions/chatsphere/clean_object.sql

-- What applications and jobs call: accounts.
\ir ../functions/chatsphere/register_user.sql
\ir ../functions/chatsphere/find_login.sql
\ir ../functions/chatsphere/change_password.sql
\ir ../functions/chatsphere/create_api_key.sql
\ir ../functions/chatsphere/authenticate_api_key.sql
\ir ../functions/chatsphere/revoke_api_key.sql
\ir ../functions/chatsphere/make_room.sql
\ir ../functions/chatsphere/lock_account.sql
\ir ../functions/chatsphere/refuse_subscription.sql
\ir ../functions/chatsphere/sync_subscription.sql
\ir ../functions/chatsphere/end_subscriptions.sql
\ir ../functions/chatsphere/reserve_usage.sql

-- Bots and what they learn from.
\ir ../functions/chatsphere/create_chatbot.sql
\ir ../functions/chatsphere/add_source.sql
\ir ../functions/chatsphere/retry_source.sql
\ir ../functions/chatsphere/claim_sources.sql
\ir ../functions/chatsphere/extend_lease.sql
\ir ../functions/chatsphere/complete_source.sql
\ir ../functions/chatsphere/fail_source.sql
\ir ../functions/chatsphere/bury_sources.sql
\ir ../functions/chatsphere/store_chunk.sql
\ir ../functions/chatsphere/trim_chunks.sql
\ir ../functions/chatsphere/search_chunks.sql
\ir ../functions/chatsphere/search_bot_chunks.sql
\ir ../functions/chatsphere/search_session_chunks.sql

-- Conversations, and what goes wrong.
\ir ../functions/chatsphere/open_session.sql
\ir ../functions/chatsphere/say.sql
\ir ../functions/chatsphere/answer.sql
\ir ../functions/chatsphere/read_session.sql
\ir ../functions/chatsphere/end_session.sql
\ir ../functions/chatsphere/end_idle_sessions.sql
\ir ../functions/chatsphere/forget_visitor.sql
\ir ../functions/chatsphere/support_conversation.sql
\ir ../functions/chatsphere/log_error.sql
\endif

-- Last: partitions for today.
\ir partitions.sql
