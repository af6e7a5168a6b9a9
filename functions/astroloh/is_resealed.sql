CREATE OR REPLACE FUNCTION astroloh.is_resealed(p_old kernel.sealed, p_new kernel.sealed)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN p_new IS NULL
    OR p_old IS NOT NULL
    AND (p_new = p_old OR kernel.sealed_key_id(p_new) <> kernel.sealed_key_id(p_old));

COMMENT ON FUNCTION astroloh.is_resealed(kernel.sealed, kernel.sealed) IS
'Whether a sealed value stays, goes, or comes under another data key, as a rotation of keys does it.';

GRANT EXECUTE ON FUNCTION astroloh.is_resealed(kernel.sealed, kernel.sealed)
TO astroloh_app, astroloh_worker, astroloh_definer;
