"""Diagrams of an app's tables, drawn from the catalogue into the page of the app.

An erDiagram of mermaid with every table, its columns, keys and references, and below it a table of
the views.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib import resources
from itertools import groupby
from typing import Any

import psycopg
from psycopg.rows import dict_row

from strongroom.project import Project
from strongroom_codegen.comments import parse_comment
from strongroom_codegen.diagram_pages import pages
from strongroom_codegen.fingerprint import digest
from strongroom_codegen.pipeline import Part
from strongroom_codegen.scratch import scratch_database

# PostgreSQL writes these in several words, which mermaid does not take.
_SHORT_TYPES = {
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
    "time with time zone": "timetz",
    "time without time zone": "time",
    "character varying": "varchar",
    "double precision": "float8",
    "bit varying": "varbit",
}


def write_diagrams(project: Project, parts: Sequence[Part]) -> list[str]:
    """Draw the diagrams that are not as the schema is; the pages that changed.

    An app is drawn where its queries were asked about, else on the first server. The page of one
    that this server does not hold stays as it is.
    """
    found = pages(project)
    later = {app for part in parts[1:] for app in part.apps}
    changed = []
    for number, part in enumerate(parts):
        mine = [
            page for page in found if (page.app in part.apps if number else page.app not in later)
        ]
        if not mine:
            continue
        with scratch_database(project, part.place) as connection:
            for page in mine:
                body = draw(connection, page.app)
                if body is not None and page.with_diagram(body) != page.text:
                    page.path.write_text(page.with_diagram(body), "utf-8", newline="\n")
                    changed.append(page.name)
    return changed


def draw(connection: psycopg.Connection[Any], app: str) -> str | None:
    """The diagram of a schema and the table of its views, as Markdown; None without tables."""
    counters = _counters(connection, app)
    columns = [row for row in _ask(connection, "columns", app) if row["table_name"] not in counters]
    if not columns:
        return None
    lines = ["", "```mermaid", "erDiagram"]
    for name, rows in groupby(columns, lambda row: str(row["table_name"])):
        lines += _table(name, list(rows))
    lines += [
        _reference(row, app)
        for row in _ask(connection, "references", app)
        if row["child"] not in counters
    ]
    lines += ["```", "", *_views(_ask(connection, "views", app))]
    return "\n".join(lines) + "\n"


def _ask(connection: psycopg.Connection[Any], name: str, app: str) -> list[dict[str, Any]]:
    file = resources.files("strongroom_codegen") / "sql" / f"diagram_{name}.sql"
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(file.read_text("utf-8").encode(), {"app": app}).fetchall()


def _counters(connection: psycopg.Connection[Any], app: str) -> set[str]:
    """The tables behind the counters of a schema, which are shown as views."""
    row = connection.execute("SELECT pg_catalog.to_regclass('kernel.counter') IS NULL").fetchone()
    if row is None or row[0]:
        return set()
    found = connection.execute("SELECT c.name FROM kernel.counter AS c WHERE c.app = %s", (app,))
    return {f"{name}_{part}" for (name,) in found for part in ("deltas", "totals")}


def _table(name: str, columns: list[dict[str, Any]]) -> Iterator[str]:
    partitioned = columns[0]["partitioned_by"]
    title = f"{name}, partitioned by {partitioned.lower()}" if partitioned else name
    label = f"[{_quoted(title)}]" if partitioned or not _is_plain(name) else ""
    yield f"    {_entity(name)}{label} {{"
    for column in columns:
        comment = parse_comment(column["comment"])
        said = [
            " ".join((tag, argument)).strip()
            for tag, argument in comment.tags
            if tag in ("personal", "public", "internal")
        ]
        sealed = comment.tag("sealed") is not None
        said += ["sealed"] if sealed else []
        said += [] if column["not_null"] else ["or null"]
        if not _is_plain(column["name"]):
            said.insert(0, column["name"])
        flags = (("PK", "is_primary"), ("FK", "is_foreign"), ("UK", "is_unique"))
        keys = ", ".join(key for key, flag in flags if column[flag])
        parts = [_type(column["type"]), _attribute(column["name"]), keys]
        parts += [_quoted(", ".join(said))] if said else []
        yield "        " + " ".join(filter(None, parts))
    yield "    }"


def _reference(row: dict[str, Any], app: str) -> str:
    """A line for a foreign key: who is there at most once, and who may be missing."""
    parent = row["parent"]
    if row["parent_schema"] != app:
        parent = f"{row['parent_schema']}.{parent}"
    few = "|o" if row["may_be_null"] else "||"
    many = "o|" if row["is_single"] else "o{"
    line = "--" if row["are_key"] else ".."
    said = _quoted(", ".join(row["columns"]))
    return f"    {_entity(parent)} {few}{line}{many} {_entity(row['child'])} : {said}"


def _views(rows: list[dict[str, Any]]) -> Iterator[str]:
    if not rows:
        return
    yield "| view | over | read by |"
    yield "|---|---|---|"
    for row in rows:
        name = f"`{_cell(row['name'])}`" + (", materialised" if row["is_materialized"] else "")
        over = ", ".join(f"`{_cell(source)}`" for source in row["sources"])
        yield f"| {name} | {over} | {', '.join(f'`{_cell(role)}`' for role in row['readers'])} |"
    yield ""


def _is_plain(name: str) -> bool:
    return re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) is not None


def _attribute(name: str) -> str:
    """A name that mermaid takes; what was not is said in the comment."""
    if _is_plain(name):
        return name
    return "_" + re.sub(r"[^A-Za-z0-9_]", "_", name)


def _entity(name: str) -> str:
    """Two tables whose names differ in signs alone stay two."""
    return name if _is_plain(name) else f"{_attribute(name)}_{digest([name])[:6]}"


def _type(name: str) -> str:
    base, _, modifier = name.removesuffix("[]").partition("(")
    modifier, _, rest = modifier.partition(")")
    short = _SHORT_TYPES.get(base + rest, base).rpartition(".")[2]
    # One length or dimension is told, a precision with a scale is not.
    size = f"({modifier})" if modifier.isdigit() else ""
    return _attribute(short.strip('"')) + size + ("[]" if name.endswith("[]") else "")


def _quoted(text: str) -> str:
    return '"' + re.sub(r'["\n\r`]', "'", text) + '"'


def _cell(text: str) -> str:
    return re.sub(r"[|`\n\r]", " ", text)
