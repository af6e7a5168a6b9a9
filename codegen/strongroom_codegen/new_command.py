"""`strongroom new`: start something, in the file where it belongs."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from strongroom.errors import UsageError
from strongroom.project import Project
from strongroom_codegen.annotations import parse_file
from strongroom_codegen.diagnostics import Diagnostics, did_you_mean
from strongroom_codegen.read import QueryFile, read_queries
from strongroom_codegen.source import Source

app = typer.Typer(
    name="new",
    help="Start a query, in the file where it belongs.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
_IDENTITY = re.compile(r"\bkernel\.(?:user_bigint|user_uuid)\(\)")
_BODIES = {
    **dict.fromkeys(
        ("exec", "rowcount", "batch"), "DELETE FROM {table} AS t\nWHERE {mine}t.id = :id;"
    ),
    "bulk": (
        "DELETE FROM {table} AS t\nUSING unnest(:id::bigint[]) AS item (id)\n"
        "WHERE {mine}t.id = item.id;"
    ),
    "copy": "COPY {table} (id) FROM STDIN;",
    "page": (
        "SELECT t.id\nFROM {table} AS t\nWHERE {mine}TRUE\n  AND (t.id) < (:after) --? after\n"
        "ORDER BY t.id DESC\nLIMIT :limit;"
    ),
    "many": "SELECT t.id\nFROM {table} AS t\n{where}ORDER BY t.id;",
    "stream": "SELECT t.id\nFROM {table} AS t\n{where}ORDER BY t.id;",
}
_NOTES = {":page": "--\n-- :limit = 20  page size\n", ":copy": "--\n-- @role worker\n"}
_ONE = "SELECT t.id\nFROM {table} AS t\nWHERE {mine}t.id = :id;"


@app.callback()
def new() -> None:
    """Start a query, in the file where it belongs."""


@app.command(epilog="Example: strongroom new query tarot.list_readings :page")
def query(
    name: Annotated[str, typer.Argument(metavar="APP.QUERY", help="Its app and its name.")],
    kind: Annotated[str, typer.Argument(metavar=":KIND", help=":one, :many, ...")] = ":many",
    subject: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The file; else found by the tables in the name."),
    ] = None,
) -> None:
    """Append a query to start from to queries/APP/SUBJECT.sql."""
    from strongroom_codegen.generating import project_here

    project = project_here()
    namespace, dot, own = name.partition(".")
    if not dot or not own:
        raise UsageError(f"{name} names no query", hint="write APP.QUERY: tarot.list_readings")
    _check_app(project, namespace)
    chosen = subject or _subject(project, namespace, own)
    text = _scaffold(project, namespace, chosen, own, f":{kind.removeprefix(':')}")
    _check(project, QueryFile(namespace, chosen, Source(f"{chosen}.sql", text)))
    path = project.queries / namespace / f"{chosen}.sql"
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text("utf-8") if path.is_file() else ""
    glue = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    path.write_text(f"{before}{glue}{text}", "utf-8")
    line = (before + glue).count("\n") + 1
    typer.echo(f"wrote {path.relative_to(project.root).as_posix()}:{line}")


def _check_app(project: Project, namespace: str) -> None:
    known = {path.name for folder in (project.queries, project.schema) if folder.is_dir()
             for path in folder.iterdir() if path.is_dir()} - {"kernel"}  # fmt: skip
    schemas = {path.stem for path in project.schema.glob("*.sql")} - {"install", "roles"}
    if namespace not in known | schemas:
        raise UsageError(
            f"there is no app {namespace}", hint=did_you_mean(namespace, known | schemas)
        )


def _subject(project: Project, namespace: str, name: str) -> str:
    """The file whose table the name speaks of: `get_reading` and `list_readings` of readings."""
    folders = (project.queries / namespace, project.schema / namespace)
    found = {path.stem for folder in folders for path in folder.glob("*.sql")}
    found = {stem for stem in found if stem.isidentifier()}  # `1_tables` can't be a module
    subjects = sorted(found - {"schema", "types"})
    words = f"_{name}_"
    fits = [s for s in subjects if f"_{s}_" in words or f"_{s.removesuffix('s')}_" in words]
    if len(subjects) == 1 or len(fits) == 1:
        return (fits or subjects)[0]
    raise UsageError(
        f"in which file of {namespace} shall {name} stand?",
        hint=f"add --subject and one of {', '.join(fits or subjects) or 'a new name'}",
    )


def _scaffold(project: Project, namespace: str, subject: str, name: str, kind: str) -> str:
    """A query that generates where the table has an `id`; what is its own is left to write."""
    schema = project.schema / namespace / f"{subject}.sql"
    guard = _IDENTITY.search(schema.read_text("utf-8")) if schema.is_file() else None
    mine = f"t.user_id = {guard[0]} AND " if guard else ""
    where = f"WHERE t.user_id = {guard[0]}\n" if guard else ""
    body = _BODIES.get(kind[1:], _ONE)
    body = body.format(table=f"{namespace}.{subject}", mine=mine, where=where)
    body = body.replace(" AND TRUE", "")
    notes = _NOTES.get(kind, "")
    return f"-- name: {name} {kind}\n-- What it is for, in one sentence.\n{notes}{body}\n"


def _check(project: Project, file: QueryFile) -> None:
    """Refuse what the generator would refuse: a bad name or kind, a name that is taken."""
    diagnostics = Diagnostics()
    parsed = parse_file(file, diagnostics)
    if diagnostics.failed:
        found = diagnostics.ordered()[0]
        raise UsageError(found.message, hint=found.hint)
    others = Diagnostics()
    (mine,) = parsed.queries
    for other in read_queries(project, others):
        for known in parse_file(other, others).queries:
            if known.full_name == mine.full_name:
                raise UsageError(f"{mine.full_name} exists already: {known.place}")
