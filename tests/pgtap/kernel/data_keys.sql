-- Data keys side by side: of two apps, of two people and the app itself, of two purposes.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(42);

CREATE FUNCTION pg_temp.acts_for(p_role text, p_person text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('kernel.app', split_part(p_role, '_', 1), true),
        set_config('kernel.user_id', p_person, true), set_config('role', p_role, true);
END;
$$;
CREATE FUNCTION pg_temp.wrapped(p_letter text) RETURNS bytea LANGUAGE sql AS $$ SELECT convert_to(repeat(p_letter, 40), 'UTF8') $$;
CREATE FUNCTION pg_temp.letter(p_wrapped bytea) RETURNS text LANGUAGE sql AS $$ SELECT left(convert_from(p_wrapped, 'UTF8'), 1) $$;
CREATE FUNCTION pg_temp.keys() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('%s %s %s %s', k.app, coalesce(k.subject, 'app'), k.purpose, pg_temp.letter(k.wrapped))
    FROM kernel.subject_key AS k WHERE k.purpose IN ('probing', 'testing')
$$;
CREATE FUNCTION pg_temp.id(p_letter text) RETURNS bigint LANGUAGE sql AS $$
    SELECT k.id FROM kernel.subject_key AS k WHERE k.wrapped = pg_temp.wrapped(p_letter)
$$;
GRANT EXECUTE ON FUNCTION pg_temp.wrapped(text), pg_temp.letter(bytea) TO PUBLIC;
SELECT kernel.register_encryption_key(k.id, k.kind, substring(sha256(convert_to(k.id, 'UTF8')) FOR 16))
FROM (
    VALUES ('tarot.probing.1', 'seal'), ('tarot.testing.1', 'seal'), ('persona.probing.1', 'seal'), ('tarot.looking.1', 'index')
) AS k (id, kind);

-- Giving and claiming.
SELECT pg_temp.acts_for('tarot_app', '1');
SELECT is(
    (SELECT c.wrapped FROM kernel.claim_data_key('probing', '1') AS c), NULL, 'at first there is none'
);
SELECT is(
    (SELECT g.subject || g.encryption_key_id FROM kernel.give_data_key('probing', '1', 'tarot.probing.1', pg_temp.wrapped('a')) AS g),
    '1tarot.probing.1', 'one is given'
);
SELECT kernel.give_data_key('testing', '1', 'tarot.testing.1', pg_temp.wrapped('b'));
SELECT kernel.give_data_key('probing', NULL, 'tarot.probing.1', pg_temp.wrapped('c'));
SELECT is(
    (SELECT g.wrapped FROM kernel.give_data_key('probing', '1', 'tarot.probing.1', pg_temp.wrapped('x')) AS g),
    pg_temp.wrapped('a'), 'a second one changes nothing'
);
SELECT pg_temp.acts_for('tarot_app', '2');
SELECT is(
    (SELECT g.wrapped FROM kernel.give_data_key('probing', '2', call.key, pg_temp.wrapped('x')) AS g), NULL, call.why
)
FROM (
    VALUES
        ('persona.probing.1', 'it is wrapped by no key of another app'),
        ('tarot.testing.1', 'of another purpose'),
        ('tarot.probing.2', 'or that is none')
) AS call (key, why);
SELECT throws_ok(
    $$SELECT kernel.give_data_key('looking', '2', 'tarot.looking.1', pg_temp.wrapped('x'))$$, 'KR082', NULL,
    'and nothing is sealed by a key that makes indexes'
);
SELECT kernel.give_data_key('probing', '2', 'tarot.probing.1', pg_temp.wrapped('d'));
SELECT pg_temp.acts_for('persona_app', '1');
SELECT kernel.give_data_key('probing', '1', 'persona.probing.1', pg_temp.wrapped('e'));
SELECT pg_temp.acts_for('tarot_app', '1');
SELECT is((SELECT c.wrapped FROM kernel.claim_data_key('probing', call.person) AS c), pg_temp.wrapped(call.letter), call.why)
FROM (VALUES ('1', 'a', 'the person''s own key'), (NULL, 'c', 'the app''s own')) AS call (person, letter, why);
SELECT is((SELECT c.wrapped FROM kernel.claim_data_key('testing', '1') AS c), pg_temp.wrapped('b'), 'for that purpose');
SELECT throws_ok($$SELECT kernel.claim_data_key('probing', '2')$$, 'KR083', NULL, 'nobody else''s');
RESET ROLE;
CREATE TEMPORARY TABLE every AS
SELECT array_agg(k.id) || 0::bigint AS ids FROM kernel.subject_key AS k WHERE k.purpose IN ('probing', 'testing');
GRANT SELECT ON every TO PUBLIC;
SELECT pg_temp.acts_for('tarot_app', '1');
SELECT results_eq(
    'SELECT pg_temp.letter(c.wrapped) FROM pg_temp.every AS e, kernel.claim_data_keys(e.ids) AS c ORDER BY 1',
    $$VALUES ('a'), ('b'), ('c')$$, 'by their numbers, a person gets those of this app that are theirs or the app''s'
);
SELECT is_empty('SELECT FROM kernel.claim_data_keys(ARRAY[0]::bigint[])', 'those that are named');
SELECT pg_temp.acts_for('tarot_worker', '');
SELECT results_eq(
    'SELECT pg_temp.letter(c.wrapped) FROM pg_temp.every AS e, kernel.claim_data_keys(e.ids) AS c ORDER BY 1',
    $$VALUES ('a'), ('b'), ('c'), ('d')$$, 'a worker gets everybody''s'
);
SELECT is((SELECT c.wrapped FROM kernel.claim_data_key('probing', '2') AS c), pg_temp.wrapped('d'), 'by name too');
RESET ROLE;
SELECT results_eq(
    $$SELECT pg_temp.letter(k.wrapped) FROM kernel.export_keys('tarot', ' 01 ') AS k
      WHERE k.purpose IN ('probing', 'testing') ORDER BY 1$$,
    $$VALUES ('a'), ('b'), ('c')$$, 'an export of a person opens theirs and the app''s'
);
SELECT kernel.note_erased('tarot', '3', now());
SELECT pg_temp.acts_for('tarot_app', '3');
SELECT throws_ok(
    $$SELECT kernel.give_data_key('probing', '3', 'tarot.probing.1', pg_temp.wrapped('x'))$$, 'KR104', NULL,
    'who was erased gets no key'
);
RESET ROLE;

-- A rotation.
SELECT kernel.register_encryption_key('tarot.probing.2', 'seal', substring(sha256('2') FOR 16));
SELECT is((SELECT e.state FROM kernel.encryption_key AS e WHERE e.id = call.id), call.state, format('%s is %s', call.id, call.state))
FROM (
    VALUES
        ('tarot.probing.1', 'retiring'), ('tarot.probing.2', 'active'), ('tarot.testing.1', 'active'), ('persona.probing.1', 'active')
) AS call (id, state);
SELECT pg_temp.acts_for('tarot_app', '4');
SELECT is(
    (SELECT g.wrapped FROM kernel.give_data_key('probing', '4', 'tarot.probing.1', pg_temp.wrapped('x')) AS g), NULL,
    'nothing more is wrapped by what retires'
);
SELECT is(
    (SELECT c.encryption_key_id FROM kernel.claim_data_key('probing', '4') AS c), 'tarot.probing.2', 'but by the active one'
);
RESET ROLE;
SELECT results_eq(
    $$SELECT k.id FROM kernel.data_keys_to_move('tarot', 'probing', false, 100) AS k$$,
    ARRAY[pg_temp.id('a'), pg_temp.id('c'), pg_temp.id('d')], 'what is under it is to be moved'
);
SELECT throws_ok($$SELECT kernel.retire_encryption_key('tarot.probing.1')$$, 'KR085', NULL, 'and keeps it from being retired');
SELECT throws_ok($$SELECT kernel.retire_encryption_key('tarot.probing.2')$$, 'KR085', NULL, 'nor is the active one');
SELECT throws_ok($$SELECT kernel.retire_encryption_key('tarot.probing.3')$$, 'KR085', NULL, 'or one that is none');
SELECT kernel.register_encryption_key('tarot.finding.' || v, 'index', substring(sha256(v::text::bytea) FOR 16)) FROM generate_series(1, 2) AS v;
SELECT throws_ok($$SELECT kernel.retire_encryption_key('tarot.finding.2')$$, 'KR085', NULL, 'nor one that programs look up by before it is used');
UPDATE kernel.subject_key AS k SET replaced_at = now() WHERE k.id IN (pg_temp.id('a'), pg_temp.id('b'), pg_temp.id('e'));
SELECT pg_temp.acts_for('tarot_app', '1');
SELECT is((SELECT c.wrapped FROM kernel.claim_data_key('probing', '1') AS c), NULL, 'a key that was replaced seals no more');
SELECT results_eq(
    'SELECT pg_temp.letter(c.wrapped) FROM pg_temp.every AS e, kernel.claim_data_keys(e.ids) AS c ORDER BY 1',
    $$VALUES ('a'), ('b'), ('c')$$, 'but opens'
);
RESET ROLE;
SELECT is(kernel.close_data_keys('tarot', 'probing'), 0::bigint, 'keys that were replaced are closed');
SELECT results_eq(
    $$SELECT k.wrapped, k.closed_at FROM kernel.subject_key AS k WHERE k.purpose IN ('probing', 'testing') ORDER BY k.id$$,
    $$VALUES (pg_temp.wrapped('a'), now()), (pg_temp.wrapped('b'), NULL), (pg_temp.wrapped('c'), NULL),
        (pg_temp.wrapped('d'), NULL), (pg_temp.wrapped('e'), NULL)$$, 'of this app and purpose, and no others'
);
UPDATE kernel.subject_key AS k SET replaced_at = now(), closed_at = now()
WHERE k.id IN (pg_temp.id('c'), pg_temp.id('d'));
SELECT is(kernel.retire_encryption_key('tarot.probing.1'), 3::bigint, 'when all are closed it is retired, and they go');
SELECT is(kernel.retire_encryption_key('tarot.probing.1'), 0::bigint, 'once');
SELECT set_eq(
    'SELECT pg_temp.keys()', ARRAY['tarot 1 testing b', 'persona 1 probing e'], 'what others wrap stays'
);
SELECT is((SELECT e.state FROM kernel.encryption_key AS e WHERE e.id = call.id), call.state, format('then %s is %s', call.id, call.state))
FROM (VALUES ('tarot.probing.1', 'retired'), ('tarot.probing.2', 'active'), ('persona.probing.1', 'active')) AS call (id, state);

-- Shredding.
SELECT throws_ok(format('SELECT kernel.shred_subject_keys(%s)', a), '22023', NULL, format('nobody is shredded by %s', a))
FROM (VALUES ('NULL, ''1'''), ('''tarot'', NULL')) AS call (a);
SELECT is(kernel.shred_subject_keys('tarot', '1'), 1::bigint, 'a person''s keys go');
SELECT set_eq('SELECT pg_temp.keys()', ARRAY['persona 1 probing e'], 'and nobody else''s');

SELECT * FROM finish();
ROLLBACK;
