CREATE OR REPLACE FUNCTION kernel.tg_ask_gate()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    -- The default. That they are written again makes every session plan anew: what calls the first,
    -- and the first.
    ALTER FUNCTION kernel.is_serving() COST 100;
    ALTER FUNCTION kernel.is_gate_open() COST 100;
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION kernel.tg_ask_gate() IS
'Makes every session ask kernel.is_serving() again, when a row comes into kernel.serving_gate.';
