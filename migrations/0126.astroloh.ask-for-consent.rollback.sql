-- Nobody is asked any more. What was published and agreed to stays in the ledger.

DROP VIEW astroloh.consents;
DROP FUNCTION IF EXISTS
    astroloh.give_consent(integer, text),
    astroloh.withdraw_consent(text),
    astroloh.tg_require_birth_consent(),
    astroloh.tg_require_consent(),
    astroloh.is_resealed(kernel.sealed, kernel.sealed),
    astroloh.require_processing(uuid),
    astroloh.refuse_processing(),
    astroloh.may_process(uuid)
CASCADE;
