CREATE OR REPLACE FUNCTION saltbitter.tg_refuse_log_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'SB021',
        MESSAGE = 'the compliance log only grows',
        DETAIL = format('%s was asked for; an entry goes three years after it was made.', TG_OP),
        HINT = 'Append another entry; retention removes old ones.';
END;
$$;

COMMENT ON FUNCTION saltbitter.tg_refuse_log_change() IS
'Refuses the statement with SB021 LogIsAppendOnly, whoever gave it.';

CREATE OR REPLACE TRIGGER t10_refuse_change
BEFORE UPDATE OR TRUNCATE ON saltbitter.compliance_logs
FOR EACH STATEMENT EXECUTE FUNCTION saltbitter.tg_refuse_log_change();

COMMENT ON TRIGGER t10_refuse_change ON saltbitter.compliance_logs IS
'What was written down stays as it is.';

CREATE OR REPLACE TRIGGER t20_refuse_early_removal
BEFORE DELETE ON saltbitter.compliance_logs
FOR EACH ROW WHEN (OLD.occurred_at > now() - interval '3 years')
EXECUTE FUNCTION saltbitter.tg_refuse_log_change();

COMMENT ON TRIGGER t20_refuse_early_removal ON saltbitter.compliance_logs IS
'Retention takes what is old; nobody takes what is not.';
