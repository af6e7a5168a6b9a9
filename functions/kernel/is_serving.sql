CREATE OR REPLACE FUNCTION kernel.is_serving()
RETURNS boolean
LANGUAGE plpgsql
-- As kernel.is_gate_open() is: a statement that is planned already costs nothing. One that is planned
-- each time costs this call, so it has no settings; there is no name in it that a search_path moves.
IMMUTABLE
PARALLEL SAFE
AS $$
BEGIN
    RETURN kernel.is_gate_open() OR kernel.may_enter_copy();
END;
$$;

COMMENT ON FUNCTION kernel.is_serving() IS
'Whether this database may serve whoever asks: true, or KR100 CopyNotOpen. What the policy all_serving
of each table of an app asks, and definer functions that serve apps without touching a table of one.
See docs/kernel/restored-copies.md.';

GRANT EXECUTE ON FUNCTION kernel.is_serving() TO strongroom_client, strongroom_definer;
