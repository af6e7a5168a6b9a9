CREATE TABLE astroloh.user_identities (
    user_id uuid NOT NULL,
    platform astroloh.platform NOT NULL,
    platform_user_id text NOT NULL,
    linked_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT user_identities_pkey PRIMARY KEY (user_id, platform),
    CONSTRAINT user_identities_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES astroloh.users (id) ON DELETE CASCADE,
    -- Who comes by a platform is one person.
    CONSTRAINT user_identities_platform_user_id_key UNIQUE (platform, platform_user_id),
    CONSTRAINT user_identities_platform_user_id_length_check
        CHECK (length(platform_user_id) BETWEEN 1 AND 255)
);

COMMENT ON TABLE astroloh.user_identities IS
'By which platforms a person comes: one account of each platform, at least one in all.
@row UserIdentity
@rows 2M';
COMMENT ON COLUMN astroloh.user_identities.user_id IS
'Who.
@internal';
COMMENT ON COLUMN astroloh.user_identities.platform IS
'The platform.
@internal';
COMMENT ON COLUMN astroloh.user_identities.platform_user_id IS
'The person''s id at the platform.
@personal identifier
@erase delete';
COMMENT ON COLUMN astroloh.user_identities.linked_at IS
'Since when the person comes by it.
@personal activity
@erase delete';
COMMENT ON CONSTRAINT user_identities_pkey ON astroloh.user_identities IS
'@error PlatformLinked The person comes by this platform already.';
COMMENT ON CONSTRAINT user_identities_platform_user_id_key ON astroloh.user_identities IS
'@error IdentityTaken This account of the platform belongs to somebody.';
COMMENT ON CONSTRAINT user_identities_platform_user_id_length_check ON astroloh.user_identities IS
'@error PlatformUserIdLength An id at a platform has 1 to 255 characters.';

ALTER TABLE astroloh.user_identities ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.user_identities FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.user_identities
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.user_identities
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON astroloh.user_identities
FOR SELECT TO astroloh_app USING (user_id = kernel.user_uuid());
CREATE POLICY insert_own ON astroloh.user_identities
FOR INSERT TO astroloh_app WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON astroloh.user_identities
FOR SELECT TO astroloh_worker USING (true);
CREATE POLICY select_definer ON astroloh.user_identities
FOR SELECT TO astroloh_definer USING (true);
CREATE POLICY insert_definer ON astroloh.user_identities
FOR INSERT TO astroloh_definer WITH CHECK (true);
-- For unlink_identity().
CREATE POLICY delete_definer ON astroloh.user_identities
FOR DELETE TO astroloh_definer USING (user_id = kernel.user_uuid());

GRANT SELECT, INSERT (user_id, platform, platform_user_id)
ON astroloh.user_identities TO astroloh_app;
GRANT SELECT ON astroloh.user_identities TO astroloh_worker;
GRANT SELECT, INSERT (user_id, platform, platform_user_id), DELETE
ON astroloh.user_identities TO astroloh_definer;

SELECT kernel.enable_audit('astroloh.user_identities');

SELECT kernel.masked_view('astroloh.user_identities');
