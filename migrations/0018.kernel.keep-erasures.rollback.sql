-- Copies that are restored after this can't be brought forward: export the ledger first.

DROP FUNCTION IF EXISTS
    kernel.append_erasure(text, bytea, text, uuid, timestamptz),
    kernel.erasure_ledger_head();
DROP TABLE kernel.erasure_ledger;
