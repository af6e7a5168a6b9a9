-- What was forgotten stays forgotten; the trigger goes, which the functions of this version need.

DROP TRIGGER IF EXISTS t60_saltbitter_forget_withdrawn ON kernel.consent_event;
