"""Diagrams are drawn from the catalogue, in words that mermaid takes, and are current."""

from __future__ import annotations

import re
from pathlib import Path

from strongroom.project import read_project
from strongroom_codegen.diagram_pages import edited_diagrams, pages
from strongroom_codegen.diagrams import draw
from tests.python.fix_databases import Database

ROOT = Path(__file__).resolve().parents[3]
PROJECT = read_project(ROOT)
# What mermaid's grammar takes, line by line.
_LINE = re.compile(
    r"    [A-Za-z_]\w*(\[\"[^\"]+\"\])? \{|    \}"
    r"|        [A-Za-z_]\w*(\(\d+\))?(\[\])? [A-Za-z_]\w*"
    r"( (PK|FK|UK)(, (PK|FK|UK))*)?( \"[^\"]*\")?"
    r"|    [A-Za-z_]\w* (\|\||\|o)(--|\.\.)(o\||o\{) [A-Za-z_]\w* : \"[^\"]+\""
)
APP = """
CREATE SCHEMA probe;
CREATE TABLE probe.users (id bigint PRIMARY KEY, email varchar(255) NOT NULL UNIQUE, note text);
COMMENT ON COLUMN probe.users.id IS E'Who.\\n@internal';
COMMENT ON COLUMN probe.users.email IS E'Where.\\n@personal contact\\n@erase delete';
COMMENT ON COLUMN probe.users.note IS E'Words.\\n@personal content\\n@sealed text note notes';
CREATE TABLE probe.profiles (
    user_id bigint PRIMARY KEY REFERENCES probe.users, rates numeric(4,1)[] NOT NULL
);
CREATE TABLE probe.letters (
    user_id bigint REFERENCES probe.users, id bigint, answers bigint, sent_at timestamptz(3)[],
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, answers) REFERENCES probe.letters
);
CREATE TABLE probe.stamps (
    id bigint PRIMARY KEY, user_id bigint NOT NULL, letter bigint NOT NULL, kind smallint,
    UNIQUE (user_id, letter), FOREIGN KEY (user_id, letter) REFERENCES probe.letters
);
CREATE TABLE probe."a""b;--" ("x y" timestamp without time zone, "Grüße|`" text)
PARTITION BY RANGE ("x y");
CREATE TABLE probe.part PARTITION OF probe."a""b;--" FOR VALUES FROM ('2020-01-01') TO (MAXVALUE);
CREATE VIEW probe."v|w" AS SELECT u.id FROM probe.users AS u JOIN probe.letters AS l ON true;
CREATE MATERIALIZED VIEW probe.totals AS SELECT count(*) FROM probe."v|w";
GRANT SELECT ON probe."v|w" TO tarot_analyst;
"""


def test_keys_references_and_names_are_drawn(database: Database) -> None:
    """Composite keys, one to one, a table that refers to itself, partitions, and any name."""
    admin = database.admin()
    admin.execute(APP.encode())
    drawn = draw(admin, "probe")
    assert drawn is not None
    diagram, views = drawn.split("```\n")
    assert [line for line in diagram.splitlines()[3:] if not _LINE.fullmatch(line)] == []
    lines = {line.strip() for line in diagram.splitlines()}
    odd = re.escape("[\"a'b;--, partitioned by range ('x y')\"] {")
    assert any(re.fullmatch(rf"_a_b____[0-9a-f]{{6}}{odd}", line) for line in lines)
    assert {
        'bigint id PK "internal"',
        'varchar(255) email UK "personal contact"',
        'text note "personal content, sealed, or null"',
        "numeric[] rates",
        "bigint user_id PK, FK",
        'timestamptz(3)[] sent_at "or null"',
        'timestamp _x_y "x y, or null"',
        'text _Gr__e__ "Grüße|\', or null"',
        'users ||--o| profiles : "user_id"',
        'users ||--o{ letters : "user_id"',
        'letters |o..o{ letters : "user_id, answers"',
        'letters ||..o| stamps : "user_id, letter"',
    } <= lines
    assert "part {" not in lines
    assert views.splitlines() == [
        "",
        "| view | over | read by |",
        "|---|---|---|",
        "| `totals`, materialised | `v w` |  |",
        "| `v w` | `letters`, `users` | `tarot_analyst` |",
        "",
    ]


def test_every_page_shows_the_schema_as_it_is(database: Database) -> None:
    """On each server, of each app that it holds."""
    admin = database.admin()
    drawn = {page.app: draw(admin, page.app) for page in pages(PROJECT)}
    assert "tarot" in drawn
    assert [
        page.name for page in pages(PROJECT) if drawn[page.app] not in (None, page.body)
    ] == [], "run: strongroom generate"
    assert edited_diagrams(PROJECT) == []
    assert drawn["tarot"] is not None


def test_every_app_has_a_page_with_a_place(any_database: Database) -> None:
    apps = {str(row[0]) for row in any_database.admin().execute("SELECT kernel.app_schemas()")}
    assert apps - {page.app for page in pages(PROJECT)} == set()


def test_an_edit_is_told(tmp_path: Path) -> None:
    (tmp_path / "docs" / "apps").mkdir(parents=True)
    file = tmp_path / "docs" / "apps" / "shop.md"
    file.write_text("# Shop\n\n<!-- diagram -->\n<!-- end of diagram -->\n\nMore.\n")
    project = read_project(tmp_path)
    [page] = pages(project)
    assert (page.app, page.name) == ("shop", "docs/apps/shop.md")
    assert edited_diagrams(project) == ["docs/apps/shop.md: its diagram was never drawn"]
    file.write_text(page.with_diagram("drawn\n"))
    assert edited_diagrams(project) == []
    text = file.read_text()
    assert text.startswith("# Shop\n\n<!-- diagram: text ")
    assert text.endswith("\n\nMore.\n")
    file.write_text(text.replace("drawn", "edited"))
    assert edited_diagrams(project) == ["docs/apps/shop.md: its diagram was edited by hand"]
    file.write_text("# Shop\n")
    assert pages(project) == []


def test_what_is_not_there_is_left_as_it_is(any_database: Database) -> None:
    """An app whose extension this server lacks."""
    assert draw(any_database.admin(), "nowhere") is None
