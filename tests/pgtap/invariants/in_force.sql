BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT format('%I on %s', k.conname, k.conrelid::regclass), 'is not validated'
FROM pg_constraint AS k
JOIN pg_namespace AS n ON n.oid = k.connamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND NOT k.convalidated
UNION ALL
SELECT i.indexrelid::regclass::text, 'is not valid'
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND NOT (i.indisvalid AND i.indisready)
UNION ALL
-- Those of foreign keys too.
SELECT
    format('%I on %s', coalesce(k.conname, t.tgname), t.tgrelid::regclass),
    'is not enabled as usual'
FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_constraint AS k ON k.oid = t.tgconstraint
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND t.tgenabled <> 'O';

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'every constraint is validated, every index valid, every trigger enabled'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.things (
    a integer CONSTRAINT things_pkey PRIMARY KEY,
    b integer CONSTRAINT things_b_fkey REFERENCES probe.things (a)
);
CREATE TRIGGER t20_touch BEFORE UPDATE ON probe.things
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();
CREATE TABLE probe.off (LIKE probe.things);
ALTER TABLE probe.off ADD CONSTRAINT off_a_check CHECK (a > 0) NOT VALID;
ALTER TABLE probe.off ADD CONSTRAINT off_b_fkey FOREIGN KEY (b) REFERENCES probe.things (a);
CREATE TRIGGER t20_touch BEFORE UPDATE ON probe.off
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();
ALTER TABLE probe.off DISABLE TRIGGER ALL;
CREATE INDEX off_a_idx ON probe.off (a);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'probe.off_a_idx'::regclass;

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'off_a_check on probe.off: is not validated',
        'probe.off_a_idx: is not valid',
        'off_b_fkey on probe.off: is not enabled as usual',
        't20_touch on probe.off: is not enabled as usual'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
