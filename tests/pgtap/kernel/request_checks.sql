BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

-- Terms run by the clock, and nothing moves them: rows of another time come without their triggers.
SET LOCAL session_replication_role = replica;
CREATE FUNCTION pg_temp.found(p_check text) RETURNS text LANGUAGE sql
RETURN (
    SELECT string_agg(f.level || ' ' || split_part(f.cache_key, ':', 3), ', ' ORDER BY split_part(f.cache_key, ':', 3))
    FROM kernel.findings(ARRAY[p_check]) AS f
);
CREATE FUNCTION pg_temp.request(
    p_state text, p_due interval, p_extended interval DEFAULT NULL, p_since interval DEFAULT '0', p_regime text DEFAULT 'gdpr',
    p_kind text DEFAULT 'erasure', p_code interval DEFAULT '1 day'
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_found text;
BEGIN
    INSERT INTO kernel.subject_request (
        app, subject, kind, regime, origin, state, state_at, state_reason, requested_by, due_at, extended_to, extension_reason,
        code_salt, code_hash, code_expires_at, verified_at, approved_at, approved_by, started_at, ended_at
    )
    SELECT
        'tarot', 'canary-77', p_kind, p_regime, 'person', p_state, now() - p_since,
        CASE WHEN p_state IN ('held', 'failed', 'refused') THEN 'why' END, 'person', now() + p_due, now() + p_extended,
        CASE WHEN p_extended IS NOT NULL THEN 'why' END, c.salt, c.hash, c.expires, now(), now(), 'anna', now(),
        CASE WHEN p_state IN ('done', 'refused') THEN now() END
    FROM (
        SELECT '\x00112233445566778899aabbccddeeff'::bytea, sha256(''), now() + p_code WHERE p_state = 'requested'
        UNION ALL
        SELECT NULL, NULL, NULL WHERE p_state <> 'requested'
    ) AS c (salt, hash, expires);
    v_found := pg_temp.found('requests_due');
    IF EXISTS (SELECT FROM kernel.findings(ARRAY['requests_due']) AS f WHERE f::text ~ 'canary') THEN
        RAISE EXCEPTION 'a finding names the person';
    END IF;
    DELETE FROM kernel.subject_request;
    RETURN v_found;
END $$;

SELECT is(pg_temp.found('requests_due'), NULL, 'nobody asked for anything');
SELECT is(pg_temp.request('verified', '8 days'), NULL, 'there is time');
SELECT is(pg_temp.request('verified', '6 days'), 'WARN soon', 'a term that ends soon is told');
SELECT is(pg_temp.request('verified', '4 days', p_regime => 'fz152'), NULL, 'a short term is no alarm from the beginning');
SELECT is(pg_temp.request('verified', '2 days', p_regime => 'fz152'), 'WARN soon', 'but near its end');
SELECT is(pg_temp.request('verified', '-1 minute'), 'ERROR past', 'a term that is over is an error');
SELECT is(pg_temp.request('requested', '-1 minute'), 'ERROR past', 'whoever did not confirm included');
SELECT is(pg_temp.request('held', '-1 minute'), 'ERROR past', 'a hold does not stop it');
SELECT is(pg_temp.request('held', '8 days', p_since => '5 days'), NULL, 'though it may wait so long');
SELECT is(pg_temp.request('verified', '-1 minute', '1 month'), NULL, 'an extension does');
SELECT is(pg_temp.request('verified', '-1 month', '-1 minute'), 'ERROR past', 'until it is over');
SELECT is(pg_temp.request('failed', '20 days'), 'ERROR failed', 'what failed is an error at once');
SELECT is(pg_temp.request('approved', '20 days', p_since => '2 days'), 'WARN idle', 'an erasure that nobody begins is told');
SELECT is(pg_temp.request('running', '20 days', p_since => '2 days'), 'WARN idle', 'and one that does not go on');
SELECT is(pg_temp.request('running', '20 days', p_since => '1 hour'), NULL, 'not one that has just begun');
SELECT is(pg_temp.request('approved', '20 days', p_since => '2 days', p_kind => 'access'), NULL, 'staff answers the others by hand');
SELECT is(pg_temp.request('requested', '20 days', p_code => '-2 days'), 'WARN untended', 'the job that closes what nobody confirmed is missed');
SELECT is(pg_temp.request('requested', '20 days', p_code => '-1 hour'), NULL, 'not at once');
SELECT is(pg_temp.request('done', '-1 day'), NULL, 'what is done is no finding');
SELECT is(pg_temp.request('refused', '-1 day'), NULL, 'nor what was refused');
SET LOCAL ROLE strongroom_runner;
SELECT lives_ok('SELECT FROM kernel.check_requests_due', 'the runner may ask');
SELECT throws_ok('SET LOCAL ROLE pg_monitor; SELECT FROM kernel.check_requests_due', '42501', NULL, 'monitoring alone may not');
RESET ROLE;

-- Keys. The apps that ship have sealed columns, and no keys before somebody registers them.
DO $$
DECLARE
    v_column text;
BEGIN
    FOR v_column IN
        SELECT format('%s.%I', a.attrelid::regclass, a.attname)
        FROM pg_attribute AS a
        WHERE col_description(a.attrelid, a.attnum) ~ '@(sealed|blind)'
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s IS NULL', v_column);
    END LOOP;
END $$;
SELECT is(pg_temp.found('keys_unrotated'), NULL, 'every key is in order');
INSERT INTO kernel.encryption_key (id, app, purpose, version, kind, state, fingerprint, registered_at, retiring_at, retired_at)
SELECT 'tarot.p.' || k.version, 'tarot', 'p', k.version, 'seal', k.state, substring(sha256('') FOR 16), now() - k.age, now() - k.retiring, now() - k.retired
FROM (
    VALUES
        (1, 'active', interval '300 days', NULL::interval, NULL::interval), (2, 'retiring', '300 days', '20 days', NULL),
        (3, 'retiring', '300 days', '40 days', NULL), (4, 'retiring', '300 days', '100 days', NULL), (5, 'retired', '900 days', '500 days', '400 days')
) AS k (version, state, age, retiring, retired);
SELECT results_eq(
    $$SELECT f.level, f.detail FROM kernel.findings(ARRAY['keys_unrotated']) AS f ORDER BY f.detail$$,
    $$SELECT k.level, format('Master key tarot.p.%s was replaced at %s, and data may still be under it.', k.version, now() - k.age)
    FROM (VALUES ('WARN', 3, interval '40 days'), ('ERROR', 4, interval '100 days')) AS k (level, version, age)$$,
    'a key that is not retired in time is told'
);
UPDATE kernel.encryption_key SET registered_at = now() - interval '2 years', state = 'active', retiring_at = NULL WHERE version = 1;
DELETE FROM kernel.encryption_key WHERE version > 1;
SELECT is(pg_temp.found('keys_unrotated'), 'INFO old', 'so is one that is used for more than a year');
UPDATE kernel.masking_key SET made_at = now() - interval '2 years' WHERE app = 'tarot';
SELECT is(pg_temp.found('keys_unrotated'), 'INFO old, INFO pseudonyms', 'or that of pseudonyms');
SELECT kernel.rotate_masking_key('tarot');
SELECT is(pg_temp.found('keys_unrotated'), 'INFO old', 'which rotation ends');
CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.notes (user_id bigint PRIMARY KEY, body kernel.sealed, words bytea);
COMMENT ON COLUMN probe.notes.words IS E'Told.\n@internal\n@blind body words';
COMMENT ON COLUMN probe.notes.body IS E'Told.\n@personal content\n@erase delete\n@sealed text probe.body notes';
SELECT results_eq(
    $$SELECT f.detail FROM kernel.findings(ARRAY['keys_unrotated']) AS f WHERE f.level = 'WARN' ORDER BY f.detail$$,
    $$VALUES ('Sealed columns of app probe want an active key of kind index for words.'), ('Sealed columns of app probe want an active key of kind seal for notes.')$$,
    'sealed columns and blind indexes without a key are told'
);
INSERT INTO kernel.encryption_key (id, app, purpose, version, kind, state, fingerprint)
SELECT 'probe.' || k.purpose || '.1', 'probe', k.purpose, 1, k.kind, 'active', substring(sha256('') FOR 16)
FROM (VALUES ('notes', 'seal'), ('words', 'index'), ('vendor', 'seal')) AS k (purpose, kind);
CREATE TABLE probe.vendors (id bigint PRIMARY KEY, secret kernel.sealed, words kernel.sealed);
COMMENT ON COLUMN probe.vendors.secret IS E'Told.\n@internal\n@sealed text probe.secret vendor';
COMMENT ON COLUMN probe.vendors.words IS E'Told.\n@internal\n@sealed text probe.words vendor';
CREATE TABLE probe.parts (id bigint PRIMARY KEY, secret kernel.sealed) PARTITION BY RANGE (id);
CREATE TABLE probe.parts_1 PARTITION OF probe.parts FOR VALUES FROM (1) TO (2);
CREATE TABLE probe.parts_2 PARTITION OF probe.parts FOR VALUES FROM (2) TO (3);
COMMENT ON COLUMN probe.parts.secret IS E'Told.\n@internal\n@sealed text probe.part vendor';
CREATE FUNCTION pg_temp.crowded(p_rows real[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    UPDATE pg_class AS c SET reltuples = p_rows[n.place]
    FROM unnest('{probe.notes,probe.vendors,probe.parts_1,probe.parts_2}'::regclass[]) WITH ORDINALITY AS n (id, place)
    WHERE c.oid = n.id;
    RETURN (
        SELECT string_agg(concat_ws(' ', f.level, f.metadata ->> 'key', substring(f.detail FROM 'about (\d+) million')), ', ')
        FROM kernel.findings(ARRAY['keys_unrotated']) AS f WHERE f.cache_key LIKE '%:crowded'
    );
END;
$$;
SELECT is(pg_temp.crowded(r.rows), r.found, r.why)
FROM (
    VALUES
        ('{-1,-1,-1,-1}'::real[], NULL, 'tables that nobody has counted are not crowded'),
        ('{9e9,1e9,0,0}', NULL, 'keys of people are not, however many people there are'),
        ('{0,1e9,1e8,1e8}', 'WARN probe.vendor 2200', 'an app''s own key is by all columns and partitions under it'),
        ('{0,2e9,2e8,2e8}', 'ERROR probe.vendor 4400', 'and wants to be replaced from 2^32 on')
) AS r (rows, found, why);
SET LOCAL ROLE pg_monitor;
SELECT lives_ok('SELECT FROM kernel.check_keys_unrotated', 'monitoring may ask');

SELECT * FROM finish();
ROLLBACK;
