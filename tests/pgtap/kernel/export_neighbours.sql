-- What the kernel keeps of a person is in their export, and nothing of anybody else's.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(5);

SELECT kernel.publish_consent_text(a.app, 'probing', 'en', 'We probe for ' || a.app) FROM (VALUES ('tarot'), ('persona')) AS a (app);
SELECT kernel.register_encryption_key(app || '.probing.1', 'seal', substring(sha256(convert_to(app, 'UTF8')) FOR 16))
FROM (VALUES ('tarot'), ('persona')) AS a (app);
-- The same is done by person 1 of two apps, and by person 2; the app of the words tells them apart.
CREATE FUNCTION pg_temp.lives(p_app text, p_person text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('kernel.app', p_app, true), set_config('kernel.user_id', p_person, true),
        set_config('kernel.actor', '', true), set_config('role', p_app || '_app', true);
    PERFORM kernel.give_consent('probing', 1, 'menu', jsonb_build_object('of', p_app || p_person));
    PERFORM kernel.give_data_key('probing', p_person, p_app || '.probing.1', convert_to(repeat(p_person, 40), 'UTF8'));
    PERFORM kernel.request_access(CASE p_app || p_person WHEN 'tarot1' THEN 'gdpr' ELSE 'fz152' END);
    PERFORM set_config('role', 'none', true), set_config('kernel.actor', 'olga', true);
    PERFORM kernel.log_access(p_person, 'looked_' || p_app || p_person, '{}', p_app);
END;
$$;
SELECT pg_temp.lives('tarot', '1'), pg_temp.lives('tarot', '2'), pg_temp.lives('persona', '1');
SELECT set_config('test.made', (kernel.export_subject('tarot', '1') -> 'data')::text, true);
SELECT is(
    (SELECT jsonb_agg(p -> call.shows) FROM jsonb_array_elements(current_setting('test.made')::jsonb -> call.part) AS p),
    call.parts::jsonb, call.part || ' of this person alone'
)
FROM (
    VALUES
        ('kernel.consent_event', 'evidence', '[{"of": "tarot1"}]'),
        ('kernel.subject_request', 'regime', '["gdpr"]'),
        ('kernel.subject_key', 'purpose', '["probing"]'),
        ('kernel.audit_entries', 'details', '[{"action": "looked_tarot1", "columns": []}]')
) AS call (part, shows, parts);
SET LOCAL quote_all_identifiers = on;
SET LOCAL timezone = 'Pacific/Apia';
SET LOCAL datestyle = 'German, DMY';
SET LOCAL standard_conforming_strings = off;
SELECT is(
    (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(kernel.export_subject('tarot', '1') -> 'data') AS k),
    (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(current_setting('test.made')::jsonb) AS k),
    'under names that no setting of the session changes'
);

SELECT * FROM finish();
ROLLBACK;
