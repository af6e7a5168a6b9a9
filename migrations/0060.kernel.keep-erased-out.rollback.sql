-- Sessions of people who were erased may write again.

DO $triggers$
DECLARE
    v_relation regclass;
BEGIN
    FOR v_relation IN
        SELECT t.tgrelid FROM pg_catalog.pg_trigger AS t WHERE t.tgname = 't05_refuse_erased'
    LOOP
        EXECUTE format('DROP TRIGGER t05_refuse_erased ON %s', v_relation);
    END LOOP;
END;
$triggers$;

DROP FUNCTION IF EXISTS
    kernel.tg_refuse_erased(),
    kernel.refuse_erased(text, text),
    kernel.refuse_late_writes(text),
    kernel.keep_out_erased(text, text),
    kernel.readmit_subject(text, text);
DROP TABLE kernel.erased_subject;
