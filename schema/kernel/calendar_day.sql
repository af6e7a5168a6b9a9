CREATE TABLE kernel.calendar_day (
    day date NOT NULL,
    is_working boolean NOT NULL,
    CONSTRAINT calendar_day_pkey PRIMARY KEY (day),
    CONSTRAINT calendar_day_day_check CHECK (isfinite(day))
);

COMMENT ON TABLE kernel.calendar_day IS
'Days that are not what their weekday says: holidays, and Saturdays that are worked. Terms in working
days are counted by it. A DBA fills it once a year, as strongroom_owner; without rows every Monday to
Friday is a working day, so that a term ends too early rather than too late.';
COMMENT ON COLUMN kernel.calendar_day.day IS
'The day.';
COMMENT ON COLUMN kernel.calendar_day.is_working IS
'Whether people work on it.';

ALTER TABLE kernel.calendar_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.calendar_day FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.calendar_day
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.calendar_day
FOR SELECT TO strongroom_runner USING (true);
CREATE POLICY select_definer ON kernel.calendar_day
FOR SELECT TO strongroom_definer USING (true);

GRANT SELECT ON kernel.calendar_day TO strongroom_runner, strongroom_definer;
