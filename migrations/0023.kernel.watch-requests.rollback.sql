-- Nobody is told any longer; nothing is lost.

DROP VIEW kernel.check_requests_due;

DROP VIEW kernel.check_keys_unrotated;
