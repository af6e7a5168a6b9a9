"""One-change variants of `snapshot_base.sql`: what changes, and the kinds of row that show it."""

from __future__ import annotations

from typing import NamedTuple


class Change(NamedTuple):
    """A change to one object, and the kinds of snapshot rows that must differ afterwards."""

    sql: str
    kinds: frozenset[str]
    since: int = 15


def _change(sql: str, *kinds: str, since: int = 15) -> Change:
    return Change(sql, frozenset(kinds), since)


_THINGS = "ALTER TABLE probe.things"

RELATIONS = {
    "table added": _change("CREATE TABLE probe.extra ()", "table"),
    "table unlogged": _change("ALTER TABLE probe.child SET UNLOGGED", "table"),
    "table option": _change(f"{_THINGS} SET (fillfactor = 70)", "table"),
    "toast option": _change(f"{_THINGS} SET (toast.autovacuum_enabled = false)", "table"),
    "row security off": _change(f"{_THINGS} DISABLE ROW LEVEL SECURITY", "table"),
    "row security not forced": _change(f"{_THINGS} NO FORCE ROW LEVEL SECURITY", "table"),
    "table owner": _change(f"{_THINGS} OWNER TO strongroom_owner", "table"),
    "table grant": _change("GRANT INSERT ON probe.things TO strongroom_client", "table"),
    "grant option": _change(
        "GRANT SELECT ON probe.things TO strongroom_client WITH GRANT OPTION", "table"
    ),
    "grant to public": _change("GRANT SELECT ON probe.things TO PUBLIC", "table"),
    "replica identity": _change(f"{_THINGS} REPLICA IDENTITY FULL", "table"),
    "replica identity index": _change(
        "ALTER TABLE probe.owners REPLICA IDENTITY USING INDEX owners_pkey", "table"
    ),
    "partition added": _change(
        "CREATE TABLE probe.events_view PARTITION OF probe.events FOR VALUES IN ('view')",
        "table",
    ),
    "partition detached": _change(
        "ALTER TABLE probe.events DETACH PARTITION probe.events_click", "table", "index"
    ),
    "partition bound": _change(
        "ALTER TABLE probe.events DETACH PARTITION probe.events_click;"
        "ALTER TABLE probe.events ATTACH PARTITION probe.events_click"
        " FOR VALUES IN ('click', 'tap')",
        "table",
    ),
    "inheritance ended": _change("ALTER TABLE probe.child NO INHERIT probe.parent", "table"),
    "view query": _change(
        "CREATE OR REPLACE VIEW probe.titles WITH (security_invoker = true)"
        " AS SELECT t.id, t.title FROM probe.things AS t WHERE t.id > 1",
        "view",
    ),
    "view option": _change("ALTER VIEW probe.titles SET (security_invoker = false)", "view"),
    "view check option": _change("ALTER VIEW probe.titles SET (check_option = local)", "view"),
    "materialised view emptied": _change(
        "REFRESH MATERIALIZED VIEW probe.totals WITH NO DATA", "materialized view"
    ),
    "sequence increment": _change("ALTER SEQUENCE probe.counter INCREMENT 2", "sequence"),
    "sequence cycle": _change("ALTER SEQUENCE probe.counter CYCLE", "sequence"),
    "sequence owner column": _change(
        "ALTER SEQUENCE probe.counter OWNED BY probe.things.id", "sequence"
    ),
    "sequence grant": _change("GRANT USAGE ON SEQUENCE probe.counter TO PUBLIC", "sequence"),
    "identity sequence": _change(
        "ALTER TABLE probe.owners ALTER id SET INCREMENT BY 5", "sequence"
    ),
    "index added": _change("CREATE INDEX extra_idx ON probe.things (price)", "index"),
    "index unique": _change(
        "DROP INDEX probe.things_title_idx;"
        "CREATE UNIQUE INDEX things_title_idx ON probe.things (title)",
        "index",
    ),
    "index condition": _change(
        "DROP INDEX probe.things_title_idx;"
        "CREATE INDEX things_title_idx ON probe.things (title) WHERE title <> ''",
        "index",
    ),
    "index option": _change("ALTER INDEX probe.things_title_idx SET (fillfactor = 50)", "index"),
    "index not valid": _change(
        "UPDATE pg_index SET indisvalid = false"
        " WHERE indexrelid = 'probe.things_title_idx'::regclass",
        "index",
    ),
    "index clustered": _change(f"{_THINGS} CLUSTER ON things_pkey", "index"),
    "index statistics": _change(
        "ALTER INDEX probe.things_note_idx ALTER COLUMN 1 SET STATISTICS 500", "index"
    ),
}

COLUMNS = {
    "column added": _change(f"{_THINGS} ADD extra integer", "column", "column order"),
    "column dropped": _change(f"{_THINGS} DROP note", "column", "column order", "index"),
    "column type": _change(f"{_THINGS} ALTER price TYPE numeric(12, 2)", "column"),
    "column collation": _change(f'{_THINGS} ALTER note TYPE text COLLATE "C"', "column"),
    "column not null": _change(f"{_THINGS} ALTER title SET NOT NULL", "column"),
    "column not null, not valid": _change(
        f"{_THINGS} ADD CONSTRAINT things_title_not_null NOT NULL title NOT VALID",
        "column",
        since=18,
    ),
    "column default": _change(f"{_THINGS} ALTER title SET DEFAULT 'x'", "column"),
    "column default dropped": _change(f"{_THINGS} ALTER title DROP DEFAULT", "column"),
    "generation dropped": _change(f"{_THINGS} ALTER doubled DROP EXPRESSION", "column"),
    "generation expression": _change(
        f"{_THINGS} DROP doubled, ADD doubled integer GENERATED ALWAYS AS (id * 3) STORED", "column"
    ),
    "virtual column": _change(
        f"{_THINGS} DROP doubled, ADD doubled integer GENERATED ALWAYS AS (id * 2) VIRTUAL",
        "column",
        since=18,
    ),
    "identity kind": _change(
        "ALTER TABLE probe.owners ALTER id SET GENERATED BY DEFAULT", "column"
    ),
    "column storage": _change(f"{_THINGS} ALTER note SET STORAGE EXTERNAL", "column"),
    "column compression": _change(f"{_THINGS} ALTER note SET COMPRESSION pglz", "column"),
    "column statistics": _change(f"{_THINGS} ALTER title SET STATISTICS 500", "column"),
    "column option": _change(f"{_THINGS} ALTER title SET (n_distinct = 5)", "column"),
    "column grant": _change("GRANT UPDATE (title) ON probe.things TO strongroom_client", "column"),
    "column order": _change(
        "ALTER TABLE probe.parent ADD x integer, ADD y integer;"
        "ALTER TABLE probe.parent DROP a; ALTER TABLE probe.parent ADD a integer",
        "column",
        "column order",
    ),
}

CONSTRAINTS = {
    "check added": _change(
        f"{_THINGS} ADD CONSTRAINT extra_check CHECK (id > 0)", "table constraint"
    ),
    "check not valid": _change(
        f"{_THINGS} DROP CONSTRAINT things_price_check,"
        " ADD CONSTRAINT things_price_check CHECK (price >= 0) NOT VALID",
        "table constraint",
    ),
    "check not inherited": _change(
        f"{_THINGS} DROP CONSTRAINT things_price_check,"
        " ADD CONSTRAINT things_price_check CHECK (price >= 0) NO INHERIT",
        "table constraint",
    ),
    "foreign key action": _change(
        f"{_THINGS} DROP CONSTRAINT things_owner_id_fkey, ADD CONSTRAINT things_owner_id_fkey"
        " FOREIGN KEY (owner_id) REFERENCES probe.owners (id) ON DELETE RESTRICT",
        "table constraint",
    ),
    "foreign key deferrable": _change(
        f"{_THINGS} ALTER CONSTRAINT things_owner_id_fkey DEFERRABLE", "table constraint"
    ),
    "foreign key not enforced": _change(
        f"{_THINGS} ALTER CONSTRAINT things_owner_id_fkey NOT ENFORCED",
        "table constraint",
        since=18,
    ),
    "foreign key switched off": _change(f"{_THINGS} DISABLE TRIGGER ALL", "table constraint"),
    "constraint name": _change(
        f"{_THINGS} RENAME CONSTRAINT things_price_check TO things_cost_check", "table constraint"
    ),
    "domain constraint": _change(
        "ALTER DOMAIN probe.short ADD CONSTRAINT short_filled_check CHECK (VALUE <> '')",
        "domain constraint",
    ),
    "domain not null": _change("ALTER DOMAIN probe.short SET NOT NULL", "type"),
    "domain default": _change("ALTER DOMAIN probe.short SET DEFAULT 'x'", "type"),
    "domain owner": _change("ALTER DOMAIN probe.short OWNER TO strongroom_owner", "type"),
    "enum value": _change("ALTER TYPE probe.mood ADD VALUE 'calm' BEFORE 'happy'", "type"),
    "enum value renamed": _change("ALTER TYPE probe.mood RENAME VALUE 'sad' TO 'low'", "type"),
    "composite attribute": _change("ALTER TYPE probe.pair ADD ATTRIBUTE c date", "column"),
    "range subtype": _change(
        "DROP TYPE probe.span; CREATE TYPE probe.span AS RANGE (SUBTYPE = bigint)", "type"
    ),
    "type grant": _change("REVOKE USAGE ON TYPE probe.mood FROM PUBLIC", "type"),
}

_TWICE = "CREATE OR REPLACE FUNCTION probe.twice(p_n integer) RETURNS integer LANGUAGE sql"

CODE = {
    "function body": _change(f"{_TWICE} IMMUTABLE AS 'SELECT p_n + p_n'", "function"),
    "function volatility": _change(f"{_TWICE} STABLE AS 'SELECT 2 * p_n'", "function"),
    "function setting": _change("ALTER FUNCTION probe.twice SET work_mem = '1MB'", "function"),
    "function security": _change("ALTER FUNCTION probe.twice SECURITY DEFINER", "function"),
    "function strictness": _change("ALTER FUNCTION probe.twice STRICT", "function"),
    "function parallel": _change("ALTER FUNCTION probe.twice PARALLEL SAFE", "function"),
    "function cost": _change("ALTER FUNCTION probe.twice COST 7", "function"),
    "function leakproof": _change("ALTER FUNCTION probe.twice LEAKPROOF", "function"),
    "function grant": _change("REVOKE EXECUTE ON FUNCTION probe.twice FROM PUBLIC", "function"),
    "function owner": _change("ALTER FUNCTION probe.twice OWNER TO strongroom_owner", "function"),
    "function overloaded": _change(
        "CREATE FUNCTION probe.twice(p_n bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 2 * p_n'",
        "function",
    ),
    "procedure body": _change(
        "CREATE OR REPLACE PROCEDURE probe.work(p_n integer) LANGUAGE sql AS 'SELECT 2'",
        "procedure",
    ),
    "aggregate start": _change(
        "CREATE OR REPLACE AGGREGATE probe.total(integer)"
        " (SFUNC = int4pl, STYPE = integer, INITCOND = '1')",
        "aggregate",
    ),
    "trigger disabled": _change(f"{_THINGS} DISABLE TRIGGER t10_touch", "trigger"),
    "trigger always": _change(f"{_THINGS} ENABLE ALWAYS TRIGGER t10_touch", "trigger"),
    "trigger events": _change(
        "CREATE OR REPLACE TRIGGER t10_touch BEFORE INSERT OR UPDATE ON probe.things"
        " FOR EACH ROW EXECUTE FUNCTION probe.touch()",
        "trigger",
    ),
    "trigger dropped": _change("DROP TRIGGER t10_touch ON probe.things", "trigger"),
    "event trigger": _change(
        "CREATE EVENT TRIGGER probe_ddl ON ddl_command_end EXECUTE FUNCTION probe.on_ddl()",
        "event trigger",
    ),
    "policy condition": _change("ALTER POLICY select_own ON probe.things USING (id = 2)", "policy"),
    "policy check": _change("ALTER POLICY all_owner ON probe.things WITH CHECK (false)", "policy"),
    "policy role": _change("ALTER POLICY select_own ON probe.things TO PUBLIC", "policy"),
    "policy command": _change(
        "DROP POLICY select_own ON probe.things; CREATE POLICY select_own ON probe.things"
        " FOR DELETE TO strongroom_client USING (id = 1)",
        "policy",
    ),
    "policy restrictive": _change(
        "DROP POLICY select_own ON probe.things; CREATE POLICY select_own ON probe.things"
        " AS RESTRICTIVE FOR SELECT TO strongroom_client USING (id = 1)",
        "policy",
    ),
    "policy dropped": _change("DROP POLICY select_own ON probe.things", "policy"),
    "rule": _change(
        "CREATE OR REPLACE RULE things_quiet AS ON DELETE TO probe.things DO INSTEAD NOTHING",
        "rule",
    ),
    "rule disabled": _change(f"{_THINGS} DISABLE RULE things_quiet", "rule"),
}

OTHERS = {
    "schema owner": _change("ALTER SCHEMA probe OWNER TO strongroom_owner", "schema"),
    "schema grant": _change("GRANT USAGE ON SCHEMA probe TO strongroom_client", "schema"),
    "schema comment": _change("COMMENT ON SCHEMA probe IS 'x'", "comment"),
    "table comment": _change("COMMENT ON TABLE probe.things IS 'x'", "comment"),
    "column comment": _change("COMMENT ON COLUMN probe.things.title IS 'x'", "comment"),
    "column comment added": _change("COMMENT ON COLUMN probe.things.id IS 'x'", "comment"),
    "constraint comment": _change(
        "COMMENT ON CONSTRAINT things_price_check ON probe.things IS 'x'", "comment"
    ),
    "index comment": _change("COMMENT ON INDEX probe.things_title_idx IS 'x'", "comment"),
    "trigger comment": _change("COMMENT ON TRIGGER t10_touch ON probe.things IS 'x'", "comment"),
    "policy comment": _change("COMMENT ON POLICY select_own ON probe.things IS 'x'", "comment"),
    "function comment": _change("COMMENT ON FUNCTION probe.twice IS 'x'", "comment"),
    "type comment": _change("COMMENT ON TYPE probe.mood IS 'x'", "comment"),
    "domain comment": _change("COMMENT ON DOMAIN probe.short IS 'x'", "comment"),
    "default privileges": _change(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA probe GRANT UPDATE ON TABLES TO strongroom_client",
        "default privileges",
    ),
    "default privileges everywhere": _change(
        "ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON ROUTINES TO strongroom_client",
        "default privileges",
    ),
    "statistics columns": _change(
        "DROP STATISTICS probe.things_stat;"
        "CREATE STATISTICS probe.things_stat ON owner_id, price FROM probe.things",
        "statistics object",
    ),
    "statistics target": _change(
        "ALTER STATISTICS probe.things_stat SET STATISTICS 50", "statistics object"
    ),
    "publication actions": _change(
        "ALTER PUBLICATION probe_feed SET (publish = 'insert')", "publication"
    ),
    "publication table": _change(
        "ALTER PUBLICATION probe_feed ADD TABLE probe.parent", "publication relation"
    ),
    "publication filter": _change(
        "ALTER PUBLICATION probe_feed SET TABLE probe.owners WHERE (id > 5)", "publication relation"
    ),
    "publication columns": _change(
        "ALTER PUBLICATION probe_feed SET TABLE probe.owners (id)", "publication relation"
    ),
    "publication schema": _change(
        "ALTER PUBLICATION probe_feed ADD TABLES IN SCHEMA probe", "publication namespace"
    ),
    "operator estimator": _change(
        "ALTER OPERATOR probe.=== (probe.pair, probe.pair) SET (RESTRICT = eqsel)", "operator"
    ),
    "operator class": _change(
        "DROP OPERATOR FAMILY probe.int_ops USING btree CASCADE",
        "operator class",
        "operator family",
    ),
    "operator family": _change(
        "ALTER OPERATOR FAMILY probe.int_ops USING btree"
        " ADD FUNCTION 1 (integer, bigint) btint48cmp(integer, bigint)",
        "operator family",
    ),
    "cast context": _change(
        "DROP CAST (probe.pair AS text); CREATE CAST (probe.pair AS text)"
        " WITH FUNCTION probe.pair_text(probe.pair) AS ASSIGNMENT",
        "cast",
    ),
    "collation": _change(
        "DROP COLLATION probe.plain;"
        "CREATE COLLATION probe.plain (PROVIDER = libc, LOCALE = 'POSIX')",
        "collation",
    ),
    "text search dictionary": _change(
        "ALTER TEXT SEARCH DICTIONARY probe.words (ACCEPT = false)", "text search dictionary"
    ),
    "text search mapping": _change(
        "ALTER TEXT SEARCH CONFIGURATION probe.english"
        " ALTER MAPPING FOR asciiword WITH probe.words",
        "text search configuration",
    ),
}

CHANGES = RELATIONS | COLUMNS | CONSTRAINTS | CODE | OTHERS
