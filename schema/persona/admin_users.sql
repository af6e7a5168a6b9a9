CREATE TABLE persona.admin_users (
    id bigint GENERATED ALWAYS AS IDENTITY,
    user_id bigint NOT NULL,
    can_manage_keys boolean NOT NULL DEFAULT false,
    can_view_stats boolean NOT NULL DEFAULT true,
    can_manage_users boolean NOT NULL DEFAULT false,
    notes text,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- One row an administrator, so the person is the key.
    CONSTRAINT admin_users_pkey PRIMARY KEY (user_id),
    CONSTRAINT admin_users_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES persona.users (id) ON DELETE CASCADE,
    CONSTRAINT admin_users_notes_length_check CHECK (length(notes) BETWEEN 1 AND 2000)
);

COMMENT ON TABLE persona.admin_users IS
'Administrators and their rights: the one place that says who may do what. persona.require_right()
asks it, and nothing else does.
@row AdminUser
@rows 100';
COMMENT ON COLUMN persona.admin_users.id IS
'Number of the row.
@internal';
COMMENT ON COLUMN persona.admin_users.user_id IS
'Who.
@internal';
COMMENT ON COLUMN persona.admin_users.can_manage_keys IS
'May change the settings of the bot, the keys of vendors and the wording of the consent.
@internal';
COMMENT ON COLUMN persona.admin_users.can_view_stats IS
'May see figures of use.
@internal';
COMMENT ON COLUMN persona.admin_users.can_manage_users IS
'May see and change what belongs to other people, give rights, and read who did so.
@internal';
COMMENT ON COLUMN persona.admin_users.notes IS
'Why this person is an administrator.
@personal content
@erase delete';
COMMENT ON COLUMN persona.admin_users.created_at IS
'Since when.
@personal activity
@erase delete';
COMMENT ON COLUMN persona.admin_users.updated_at IS
'When the rights last changed.
@internal';
COMMENT ON CONSTRAINT admin_users_notes_length_check ON persona.admin_users IS
'@error NotesLength Notes have 1 to 2,000 characters.';

ALTER TABLE persona.admin_users ENABLE ROW LEVEL SECURITY;
ALTER TABLE persona.admin_users FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON persona.admin_users
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON persona.admin_users
AS RESTRICTIVE FOR ALL
TO strongroom_owner, persona_app, persona_worker, persona_analyst, persona_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON persona.admin_users
FOR SELECT TO persona_app USING (user_id = kernel.user_bigint());
CREATE POLICY all_definer ON persona.admin_users
FOR ALL TO persona_definer USING (true) WITH CHECK (true);

-- Each sees the own rights, to show what the own menu has; notes are for those who give them.
GRANT SELECT (user_id, can_manage_keys, can_view_stats, can_manage_users)
ON persona.admin_users TO persona_app;
GRANT
    SELECT,
    INSERT (user_id, can_manage_keys, can_view_stats, can_manage_users, notes),
    UPDATE (can_manage_keys, can_view_stats, can_manage_users, notes),
    DELETE
ON persona.admin_users TO persona_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON persona.admin_users
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON persona.admin_users IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('persona.admin_users');
