"""The stages in their order: read, parse, prepare, analyse, compose, render."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from strongroom.errors import StrongroomError
from strongroom.extensions import look, needs_of
from strongroom.project import Project
from strongroom_codegen.analysing import Analysis
from strongroom_codegen.annotations import AnnotatedFile, AnnotatedQuery, parse_file
from strongroom_codegen.api import prepare_routines
from strongroom_codegen.api_files import about_routine, with_routines
from strongroom_codegen.catalog import CATALOG, read_catalog
from strongroom_codegen.check import expected_paths
from strongroom_codegen.compose import Composer
from strongroom_codegen.copying import prepare_copy
from strongroom_codegen.diagnostics import Diagnostics, QueryError, did_you_mean
from strongroom_codegen.error_rules import ERROR_RULES, read_error_rules
from strongroom_codegen.errors_registry import ErrorCode, read_registry
from strongroom_codegen.kept import Kept
from strongroom_codegen.merge import merged
from strongroom_codegen.model import ProjectModel
from strongroom_codegen.naming import function_name
from strongroom_codegen.parameters import PreparedQuery, prepare
from strongroom_codegen.places import Places
from strongroom_codegen.questions import Questions
from strongroom_codegen.read import QueryFile, read_queries
from strongroom_codegen.render import render
from strongroom_codegen.scratch import scratch_database
from strongroom_codegen.sealed_columns import read_sealed_columns
from strongroom_codegen.servers import Place, first_place, full_place
from strongroom_codegen.sources_file import SOURCES, said_of, source_digests, sources_text
from strongroom_codegen.violations import Violations
from strongroom_codegen.write import MARKER, generated_files, stamped


@dataclass(frozen=True, slots=True)
class Sources:
    """What the files say, before any database is asked."""

    found: list[QueryFile]
    files: list[AnnotatedFile]
    registry: tuple[ErrorCode, ...]


def read_sources(project: Project, diagnostics: Diagnostics) -> Sources:
    """Read and parse every query file and the registry of errors."""
    found = read_queries(project, diagnostics)
    files = [parse_file(file, diagnostics) for file in found]
    _check_unique(files, diagnostics)
    return Sources(found, files, read_registry(project, diagnostics))


@dataclass(frozen=True, slots=True)
class Part:
    """The apps that one server was asked about, and what came of it."""

    place: Place
    apps: frozenset[str]
    model: ProjectModel
    violations: Violations


@dataclass(frozen=True, slots=True)
class Parts:
    """What all servers said.

    lacking     what the first lacks, by app
    left        apps that none could hold, with the reason
    kept        apps that the first could not hold, and of which nothing changed
    """

    parts: list[Part]
    lacking: dict[str, str]
    left: dict[str, str]
    kept: frozenset[str]
    model: ProjectModel

    @property
    def as_before(self) -> frozenset[str]:
        """Apps whose files stay as they are."""
        return self.kept.union(self.left)


def build_model(
    project: Project,
    sources: Sources,
    diagnostics: Diagnostics,
    progress: Callable[[int], None] = lambda done: None,
) -> ProjectModel:
    """What build_parts says of the apps that some server can hold."""
    return build_parts(project, sources, diagnostics, progress).model


def build_parts(
    project: Project,
    sources: Sources,
    diagnostics: Diagnostics,
    progress: Callable[[int], None] = lambda done: None,
    unchanged: Collection[str] = (),
) -> Parts:
    """Ask PostgreSQL about every query; `progress` is told how many SQL texts it has answered.

    An app is asked about on the first server that can hold it. For those that are `unchanged` no
    second server is started.
    Raises QueryError, with everything that was found, when a query can't be generated.
    """
    needing = _needing_apps(project, sources)
    place = first_place(project)
    part, lacking = _ask_about(project, sources, place, needing, diagnostics, progress)
    parts = [part]
    kept = frozenset(lacking).intersection(unchanged)
    left = {app: reason for app, reason in lacking.items() if app not in kept}
    if left and not diagnostics.failed:
        try:
            place = full_place(project)
        except StrongroomError as error:
            left = {app: f"{reason}, and {error.message}" for app, reason in left.items()}
        else:
            part, left = _ask_about(project, sources, place, left, diagnostics, progress)
            parts.append(part)
    if diagnostics.failed:
        raise QueryError(diagnostics)
    model = merged([(part.model, part.apps) for part in parts])
    _check_raises(parts, model, Places(project), diagnostics)
    if diagnostics.failed:
        raise QueryError(diagnostics)
    return Parts(parts, lacking, left, kept, model)


def _needing_apps(project: Project, sources: Sources) -> list[str]:
    """The apps that need extensions and for which there is something to generate."""
    with_queries = {file.app for file in sources.files}
    return [
        app
        for app in needs_of(project)
        if app in with_queries
        or any(
            "@api" in path.read_text("utf-8") for path in (project.functions / app).glob("*.sql")
        )
    ]


def _ask_about(
    project: Project,
    sources: Sources,
    place: Place,
    waiting: Collection[str],
    diagnostics: Diagnostics,
    progress: Callable[[int], None],
) -> tuple[Part, dict[str, str]]:
    """What a server says of its apps, and why it can't hold others; the first has all but those.

    waiting     apps that need extensions, and which no server before could hold
    """
    with scratch_database(project, place) as connection:
        needs = needs_of(project)
        found = look(connection, project, {app: needs[app] for app in waiting})
        absent = {app: found.why_not(app) for app in waiting if app in found.lacks}
        files = [f for f in sources.files if f.app in waiting or not place.more]
        asked = Questions(connection, [*ERROR_RULES, *CATALOG])
        prepared = _prepared([f for f in files if f.app not in absent], diagnostics)
        rows = asked.read()
        catalog = read_catalog(connection, rows)
        routines = prepare_routines(project, connection, catalog, diagnostics)
        every = with_routines(sources.files, routines)
        apps = frozenset(waiting if place.more else {f.app for f in every}).difference(absent)
        _check_unique([file for file in every if file.app in apps], diagnostics)
        prepared += [routine for routine in routines if routine.query.app in apps]
        wanted = [q for q in prepared if _is_for_server(q, catalog.server_version, diagnostics)]
        places = Places(project)
        sealed = read_sealed_columns(connection, catalog, diagnostics, places)
        analysis = Analysis(project, connection, catalog, sealed, progress)
        kept = Kept(project, connection, place.more)
        analysed = [about_routine(one) for one in analysis.of_all(wanted, diagnostics, kept)]
        violations = Violations(catalog, read_error_rules(catalog, rows), sources.registry)
        composer = Composer(
            project, connection, catalog, sources.registry, diagnostics, violations, places, sealed
        )
        by_name = {one.prepared.query.full_name: one for one in analysed}
        model = composer.compose(every, by_name, {file.app for file in every} - apps)
    return Part(place, apps, model, violations), absent


def _prepared(files: list[AnnotatedFile], diagnostics: Diagnostics) -> list[PreparedQuery]:
    """The queries of some files, those that are wrappers of functions excepted."""
    queries = [q for file in files for q in file.queries if q.routine is None]
    return [
        found
        for q in queries
        if (found := (prepare_copy if q.kind == "copy" else prepare)(q, diagnostics))
    ]


def render_files(
    project: Project, sources: Sources, model: ProjectModel, as_before: Collection[str] = ()
) -> dict[str, str]:
    """Path below the generated folder -> text, headers included; of some apps, what it was."""
    files = {file.path: stamped(file) for file in render(model)}
    digests = source_digests(project, sources.found)
    for app in as_before:
        files |= generated_files(project, app)
        digests |= said_of(project, app, digests)
    files[f"{project.package}/{MARKER}"] = ""
    also = files.keys() - expected_paths(project.package, sources.found, sources.registry)
    files[f"{project.package}/{SOURCES}"] = sources_text(digests, files, also)
    return files


def _check_unique(files: list[AnnotatedFile], diagnostics: Diagnostics) -> None:
    seen: dict[str, AnnotatedQuery] = {}
    queries = [query for file in files for query in file.queries]
    for query in sorted(queries, key=lambda q: q.routine is not None):
        first = seen.setdefault(f"{query.app}.{function_name(query.name)}", query)
        if first is not query:
            other = f"@api {query.subject} :{query.kind} another_name"
            mend = f"write: {other}" if query.routine else "rename one of them"
            diagnostics.error(
                query.place,
                f'{query.app} has two queries named "{function_name(query.name)}"',
                f"the other one is at {first.place}; {mend}",
            )


def _check_raises(
    parts: list[Part], model: ProjectModel, places: Places, diagnostics: Diagnostics
) -> None:
    known = {error.name for app in model.apps for error in app.errors}
    for number, part in enumerate(parts):
        for function, name in part.violations.unknown_raises(known):
            schema, _, rest = function.partition("(")[0].partition(".")
            if number and schema not in part.apps:
                # The first server has spoken of it.
                continue
            diagnostics.error(
                places.of_tag("@raises", schema, rest),
                f'@raises of {function} names no exception: "{name}"',
                did_you_mean(name, known),
            )


def _is_for_server(prepared: PreparedQuery, version: int, diagnostics: Diagnostics) -> bool:
    option = prepared.query.option("requires")
    if option is None:
        return True
    if not option.argument.isdigit():
        diagnostics.error(option.place, "@requires is a server version", "write: @requires 17")
        return False
    if version >= int(option.argument):
        return True
    diagnostics.warning(
        option.place,
        f"left out: this server is {version}, and the query needs {option.argument}",
        f"generate on PostgreSQL {option.argument} or later",
    )
    return False
