"""Find the query files of a project and read them."""

from __future__ import annotations

import keyword
from dataclasses import dataclass

from strongroom.project import Project
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.source import Place, Source

RESERVED = frozenset({"types", "rows", "errors", "aio"})


@dataclass(frozen=True, slots=True)
class QueryFile:
    """`queries/<app>/<subject>.sql`."""

    app: str
    subject: str
    source: Source


def read_queries(project: Project, diagnostics: Diagnostics) -> list[QueryFile]:
    """Every query file, sorted by app and subject."""
    files = []
    for path in sorted(project.queries.rglob("*.sql")):
        name = path.relative_to(project.root).as_posix()
        source = _source(name, path.read_bytes(), diagnostics)
        if source is None:
            continue
        parts = path.relative_to(project.queries).with_suffix("").parts
        if len(parts) != 2:
            diagnostics.error(
                source.place(0),
                "a query file must lie in a folder named after its app",
                f"move it to {project.queries.name}/<app>/{path.name}",
            )
            continue
        usable = [usable_name(source, part, diagnostics) for part in parts]
        if all(usable):
            files.append(QueryFile(parts[0], parts[1], source))
    return files


def _source(name: str, data: bytes, diagnostics: Diagnostics) -> Source | None:
    """The text of a file as PostgreSQL will get it; None for what is no UTF-8 text (reported).

    A byte order mark goes, and lines end in one character whatever the editor or git made of them,
    so that the same query gives the same bytes on every machine.
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = Source(name, data[: error.start].decode("utf-8-sig"))
        diagnostics.error(
            before.place(error.start), "this is no text in UTF-8", "save the file as UTF-8"
        )
        return None
    if "\0" in text:
        place = Source(name, text).place(text.index("\0"))
        diagnostics.error(place, "a zero character, which no SQL can hold", "remove it")
        return None
    return Source(name, text)


def usable_name(
    source: Source, name: str, diagnostics: Diagnostics, place: Place | None = None
) -> bool:
    """Whether a generated module or package can have this name; reported where it can't."""
    if name in RESERVED:
        diagnostics.error(
            place or source.place(0),
            f'"{name}" is the name of a generated module, so no app or subject can have it',
            "use another name" if place else "rename the file",
        )
        return False
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        diagnostics.error(
            place or source.place(0),
            f'"{name}" can\'t be the name of a Python module',
            "use lower-case letters, digits and underscores",
        )
        return False
    return True
