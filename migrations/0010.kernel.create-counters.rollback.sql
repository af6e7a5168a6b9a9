-- Takes the register of counters with it. Drop each counter first: kernel.drop_counter().

DROP VIEW kernel.check_counter_lag, kernel.check_counter_drift, kernel.check_jobs;
DELETE FROM kernel.job WHERE name IN ('fold_counters', 'backfill_counters');
DROP FUNCTION IF EXISTS
    kernel.count(regclass, text, text[], text, text, text, text, boolean),
    kernel.drop_counter(text, text),
    kernel.recount(text, text, boolean),
    kernel.fold_counter(text, text, bigint),
    kernel.fold_counters(),
    kernel.backfill_counters(),
    kernel.adjust_counters_for(regclass, regclass),
    kernel.erase_counters(text, text),
    kernel.waiting_deltas(text, text),
    kernel.create_counter_tables(text, text),
    kernel.create_counter_view(text, text),
    kernel.create_counter_triggers(text, text),
    kernel.hang_counters(regclass, text),
    kernel.grant_counter(text, text),
    kernel.comment_counter(text, text),
    kernel.require_countable(regclass, text, text[], text, text, text),
    kernel.require_condition(text, text, regclass, text),
    kernel.counter_source(text, text),
    kernel.counter_parts(text, text),
    kernel.tg_refuse_counted_truncate();
DROP TABLE kernel.counter;
