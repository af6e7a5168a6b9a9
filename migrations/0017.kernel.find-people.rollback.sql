-- Takes a check and a grant away, and no data.

DROP VIEW kernel.check_unreached_person;

REVOKE SELECT ON kernel.data_map FROM strongroom_runner, pg_monitor;
