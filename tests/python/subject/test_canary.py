"""A unique token in every column of a person: all are exported, then none is anywhere."""

from __future__ import annotations

import json
import re
import uuid
from datetime import date
from pathlib import Path

import psycopg
import pytest

from strongroom.sealing import EnvironmentKeys, Keyring, UnknownDataKey
from strongroom.session import session
from tests.python.sealing.conftest import PLACE, new_keys, register
from tests.python.subject.conftest import Office
from tests.python.subject.copies import Programs

DIARY = """
CREATE SCHEMA diary AUTHORIZATION strongroom_owner;
SET ROLE strongroom_owner;
COMMENT ON SCHEMA diary IS E'An app.\n@app';
CREATE DOMAIN diary.word AS text;
CREATE DOMAIN diary.words AS diary.word[];
CREATE TYPE diary.pair AS (at timestamptz, word text);
CREATE TYPE diary.span AS RANGE (subtype = text, collation = "C");
CREATE TABLE diary.people (id bigint PRIMARY KEY, name text, erased_at timestamptz);
COMMENT ON COLUMN diary.people.id IS E'Who.\n@internal\n@subject';
COMMENT ON COLUMN diary.people.erased_at IS E'When.\n@internal';
CREATE TABLE diary."a""b;--" (
    user_id bigint REFERENCES diary.people, id bigint, {columns}, PRIMARY KEY (user_id, id)
);
CREATE TABLE diary.days (user_id bigint, day integer, words text, PRIMARY KEY (user_id, day))
PARTITION BY RANGE (day);
CREATE TABLE diary.days_1 PARTITION OF diary.days FOR VALUES FROM (1) TO (100);
CREATE TABLE diary.days_2 PARTITION OF diary.days FOR VALUES FROM (100) TO (200);
CREATE TABLE diary.remarks (
    id bigint PRIMARY KEY, owner bigint, line bigint, "слово" text,
    FOREIGN KEY (owner, line) REFERENCES diary."a""b;--" (user_id, id) ON DELETE CASCADE
);
"""
COLUMNS = {
    "plain": ("text", "%s"),
    "short": ("varchar(80)", "%s"),
    "padded": ("char(80)", "%s"),
    "dom": ("diary.word", "%s"),
    "arr": ("text[]", "ARRAY['x', %s]"),
    "doms": ("diary.words", "ARRAY[%s]"),
    "js": ("json", "json_build_object('a', %s::text)"),
    "jb": ("jsonb", "jsonb_build_object('a', jsonb_build_array(%s::text))"),
    "named": ("jsonb", "jsonb_build_object(%s::text, 1)"),
    "bytes": ("bytea", "convert_to(%s, 'UTF8')"),
    "byarr": ("bytea[]", "ARRAY[convert_to(%s, 'UTF8')]"),
    "pr": ("diary.pair", "ROW(now(), %s)::diary.pair"),
    "prs": ("diary.pair[]", "ARRAY[ROW(now(), %s)::diary.pair]"),
    "spn": ("diary.span", "diary.span(%s, 'd')"),
    "tv": ("tsvector", "array_to_tsvector(ARRAY[%s])"),
    'wo"rd;--': ("text", "%s"),
}
PRIVATE = """
DO $do$
DECLARE
    v_table regclass;
    v_column record;
BEGIN
    FOR v_table IN
        SELECT oid::regclass FROM pg_class
        WHERE relnamespace = 'diary'::regnamespace AND relkind IN ('r', 'p')
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', v_table);
        EXECUTE format(
            'CREATE POLICY all_owner ON %s TO strongroom_owner USING (true) WITH CHECK (true)',
            v_table
        );
        FOR v_column IN
            SELECT attname, CASE
                WHEN attnotnull OR attname IN ('owner', 'line') THEN '@internal'
                WHEN v_table = 'diary.people'::regclass THEN '@personal name' || E'\n@erase null'
                ELSE '@personal content' || E'\n@erase delete' END AS tags
            FROM pg_attribute
            WHERE attrelid = v_table AND attnum > 0
              AND col_description(attrelid, attnum) IS NULL
        LOOP
            EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', v_table, v_column.attname,
                E'It.\n' || v_column.tags);
        END LOOP;
    END LOOP;
END;
$do$;
RESET ROLE;
"""
TAGS = """
COMMENT ON COLUMN tarot.births.user_id IS E'Who.\\n@internal';
COMMENT ON COLUMN tarot.births.id IS E'Number.\\n@internal';
COMMENT ON COLUMN tarot.births.seen IS E'Times.\\n@internal';
COMMENT ON COLUMN tarot.births.updated_at IS E'When.\\n@internal';
"""
READING = """
INSERT INTO tarot.readings (user_id, spread_type, question, cards, interpretation)
VALUES (%s, 'single', %s, jsonb_build_array(jsonb_build_object(
    'card', (tarot.deck())[1], 'position', 1, 'reversed', false)), %s)
"""
# Every row that is not the person's, whichever table it is in.
OTHERS = """
SELECT format('SELECT %%L, t::text FROM %%s AS t WHERE (%%s) IS NOT TRUE', s.relation,
    s.relation, replace(s.condition, '$1', '%%s'))
FROM kernel.subject_tables(%s) AS s
-- Counters are folded meanwhile: what they come to is in their view.
WHERE s.relation::text !~ '_(deltas|totals)$'
"""


def token() -> str:
    return "canary_" + uuid.uuid4().hex


def keep_a_diary(office: Office) -> list[str]:
    """Two people in an app with a column of every type; the tokens of the first, number 1."""
    columns = ", ".join(f'"{n.replace(chr(34), chr(34) * 2)}" {t}' for n, (t, _) in COLUMNS.items())
    office.admin.execute((DIARY.replace("{columns}", columns) + PRIVATE).encode())
    tokens: list[str] = []
    for person in (1, 2):
        found = [token() for _ in range(len(COLUMNS) + 4)]
        office.admin.execute("INSERT INTO diary.people VALUES (%s, %s)", (person, found[0]))
        values = ", ".join(value for _, value in COLUMNS.values())
        office.admin.execute(
            f'INSERT INTO diary."a""b;--" VALUES ({person}, 1, {values})'.encode(),
            found[1:-3],
        )
        office.admin.execute(
            "INSERT INTO diary.days VALUES (%s, 1, %s), (%s, 100, %s)",
            (person, found[-3], person, found[-2]),
        )
        office.admin.execute(
            "INSERT INTO diary.remarks VALUES (%s, %s, 1, %s)", (person, person, found[-1])
        )
        tokens = tokens or found
    return tokens


def ask_the_cards(office: Office) -> list[str]:
    """Tokens in all columns of tarot that can hold one and that erasure is to empty."""
    tokens = [token() for _ in range(4)]
    office.admin.execute(TAGS.encode())
    office.admin.execute(
        "UPDATE tarot.users SET username = %s WHERE id = %s", (tokens[0], office.anna)
    )
    office.admin.execute(READING.encode(), (office.anna, tokens[1], tokens[2]))
    office.admin.execute(READING.encode(), (office.boris, "Will it rain?", "It will."))
    office.seal(office.anna, 1, date(1990, 5, 17), tokens[3])
    office.seal(office.boris, 1, date(1992, 7, 19), "Minsk")
    return tokens


def others(office: Office, app: str, subject: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for (query,) in office.query(OTHERS, app):
        rows += office.query(re.sub(r"\(%s\)", f"('{subject}')", query).replace("%", "%%"))
    return sorted(rows)


def seen(text: str, tokens: list[str]) -> list[str]:
    """Which of the tokens stand in a text, as they are or in hex."""
    low = text.lower()
    return [t for t in tokens if t in low or t.encode().hex() in low]


def statistics(office: Office) -> str:
    office.admin.execute("ANALYZE")
    found = office.query(
        "SELECT concat_ws(' ', stavalues1::text, stavalues2::text, stavalues3::text,"
        " stavalues4::text, stavalues5::text) FROM pg_statistic"
    )
    return "\n".join(text for (text,) in found)


@pytest.fixture
def watched(offices: Office) -> Office:
    """Keys of evidence for both apps."""
    names = ("tarot.people.1", "diary.people.1")
    offices.environment.update(new_keys(*names))
    return offices


def register_pseudonyms(office: Office) -> None:
    keys = EnvironmentKeys(office.environment)
    with office.database.connect("strongroom_runner") as runner:
        for name in ("tarot.people.1", "diary.people.1"):
            register(runner, keys, name, "pseudonym")


def test_no_canary_sings_after_an_erasure(watched: Office, tmp_path: Path) -> None:
    """[A-44] [A-46] [A-47] All tokens are exported; erased, none is in a dump or in statistics."""
    office = watched
    programs = Programs(office.database, tmp_path)
    people = {
        "diary": ("1", keep_a_diary(office)),
        "tarot": (str(office.anna), ask_the_cards(office)),
    }
    register_pseudonyms(office)
    every = [t for _, tokens in people.values() for t in tokens]
    sealed = people["tarot"][1][-1]
    for app, (subject, tokens) in people.items():
        to = tmp_path / f"{app}.json"
        office.json("export", app, subject, "--to", str(to))
        text = to.read_text("utf-8")
        json.loads(text)
        assert seen(text, tokens) == tokens
    before = programs.dump(office.database, "--exclude-table-data=kernel.subject_key").read_text()
    assert set(seen(before, every)) == set(every) - {sealed}
    assert seen(statistics(office), every) != []
    kept = {app: others(office, app, subject) for app, (subject, _) in people.items()}
    assert all(kept.values())

    for app, (subject, _) in people.items():
        done = office.json("erase", app, subject, "--yes-i-mean", f"{app}/{subject}")
        assert (done["state"], done["reason"]) == ("done", None)

    after = programs.dump(office.database).read_text("utf-8")
    assert seen(after, every) == []
    assert seen(statistics(office), every) == []
    assert seen(before, every) != []
    for app, (subject, _) in people.items():
        assert others(office, app, subject) == kept[app]
    nothing_opens(office, before)


def nothing_opens(office: Office, dump: str) -> None:
    """Envelopes of the person in a dump taken before: their keys are gone for good."""
    lines = dump.partition("COPY tarot.births")[2].partition("\\.")[0].splitlines()
    envelopes = {int(li.split("\t")[0]): li.split("\t")[3] for li in lines if "\t" in li}
    ring = Keyring(EnvironmentKeys(office.environment))
    with psycopg.connect(office.database.url(), autocommit=True) as connection:
        for person in (office.anna, office.boris):
            envelope = bytes.fromhex(envelopes[person].removeprefix("\\\\x"))
            with session(connection, app="tarot", user_id=person, keyring=ring) as db:
                keys = db.opening_keys([envelope])
                if person == office.boris:
                    assert PLACE.open(keys, envelope, (person, 1), str(person)) == "Minsk"
                    continue
                with pytest.raises(UnknownDataKey):
                    PLACE.open(keys, envelope, (person, 1), str(person))
