-- Keyed by the vendor: no row belongs to a person, and the bot itself uses them.
CREATE TABLE persona.vendor_keys (
    vendor persona.llm_vendor NOT NULL,
    api_key kernel.sealed NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT vendor_keys_pkey PRIMARY KEY (vendor)
);

COMMENT ON TABLE persona.vendor_keys IS
'The key that each vendor gave us, encrypted before it reaches the server. Written by a worker in the
name of an administrator who may manage keys; read by workers.
@row VendorKey
@rows 3';
COMMENT ON COLUMN persona.vendor_keys.vendor IS
'Whose key.
@public';
COMMENT ON COLUMN persona.vendor_keys.api_key IS
'The key.
@internal
@sealed text vendor_key vendors pad 64';
COMMENT ON COLUMN persona.vendor_keys.created_at IS
'When there first was one.
@internal';
COMMENT ON COLUMN persona.vendor_keys.updated_at IS
'When it was last replaced.
@internal';

SELECT kernel.guard_sealed('persona.vendor_keys');

ALTER TABLE persona.vendor_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE persona.vendor_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON persona.vendor_keys
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON persona.vendor_keys
AS RESTRICTIVE FOR ALL
TO strongroom_owner, persona_app, persona_worker, persona_analyst, persona_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY all_worker ON persona.vendor_keys
FOR ALL TO persona_worker USING (true) WITH CHECK (true);

GRANT SELECT, INSERT (vendor, api_key), UPDATE (api_key), DELETE ON persona.vendor_keys
TO persona_worker;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON persona.vendor_keys
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON persona.vendor_keys IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('persona.vendor_keys');
