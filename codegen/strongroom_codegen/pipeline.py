"""The stages in their order: read, parse, prepare, analyse, compose, render."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from strongroom.project import Project
from strongroom_codegen.analyse import AnalysedQuery, analyse
from strongroom_codegen.annotations import AnnotatedFile, AnnotatedQuery, parse_file
from strongroom_codegen.answers import ask
from strongroom_codegen.api import prepare_routines
from strongroom_codegen.api_files import about_routine, with_routines
from strongroom_codegen.catalog import read_catalog
from strongroom_codegen.check import expected_paths
from strongroom_codegen.compose import Composer
from strongroom_codegen.copying import prepare_copy
from strongroom_codegen.diagnostics import Diagnostics, QueryError, did_you_mean
from strongroom_codegen.error_rules import read_error_rules
from strongroom_codegen.errors_registry import ErrorCode, read_registry
from strongroom_codegen.model import ProjectModel
from strongroom_codegen.naming import function_name
from strongroom_codegen.parameters import PreparedQuery, prepare
from strongroom_codegen.places import Places
from strongroom_codegen.read import QueryFile, read_queries
from strongroom_codegen.render import render
from strongroom_codegen.scratch import scratch_database
from strongroom_codegen.sealed_columns import read_sealed_columns
from strongroom_codegen.sources_file import SOURCES, source_digests, sources_text
from strongroom_codegen.violations import Violations
from strongroom_codegen.write import MARKER, stamped


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


def build_model(
    project: Project,
    sources: Sources,
    diagnostics: Diagnostics,
    progress: Callable[[int], None] = lambda done: None,
) -> ProjectModel:
    """Ask PostgreSQL about every query; `progress` is told how many SQL texts it has answered.

    Raises QueryError, with everything that was found, when a query can't be generated.
    """
    queries = [query for file in sources.files for query in file.queries]
    prepared = [
        found
        for q in queries
        if (found := (prepare_copy if q.kind == "copy" else prepare)(q, diagnostics))
    ]
    with scratch_database(project) as connection:
        catalog = read_catalog(connection)
        routines = prepare_routines(project, connection, catalog, diagnostics)
        files = with_routines(sources.files, routines)
        _check_unique(files, diagnostics)
        prepared += routines
        analysed: dict[str, AnalysedQuery] = {}
        wanted = [q for q in prepared if _is_for_server(q, catalog.server_version, diagnostics)]
        texts = list(dict.fromkeys(v.sql for query in wanted for v in query.variants))
        answers = ask(project, connection, catalog, texts, progress)
        places = Places(project)
        sealed = read_sealed_columns(connection, catalog, diagnostics, places)
        for one in wanted:
            result = analyse(connection, catalog, one, diagnostics, project, answers, sealed)
            if result:
                analysed[one.query.full_name] = about_routine(result)
        rules = read_error_rules(connection, catalog)
        violations = Violations(catalog, rules, sources.registry)
        composer = Composer(
            project, connection, catalog, sources.registry, diagnostics, violations, places, sealed
        )
        model = composer.compose(files, analysed)
        _check_raises(violations, model, places, diagnostics)
    if diagnostics.failed:
        raise QueryError(diagnostics)
    return model


def render_files(project: Project, sources: Sources, model: ProjectModel) -> dict[str, str]:
    """Path below the generated folder -> text, headers included."""
    files = {file.path: stamped(file) for file in render(model)}
    digests = source_digests(project, sources.found)
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
    violations: Violations, model: ProjectModel, places: Places, diagnostics: Diagnostics
) -> None:
    known = {error.name for app in model.apps for error in app.errors}
    for function, name in violations.unknown_raises(known):
        diagnostics.error(
            places.of_tag("@raises", *function.partition("(")[0].split(".")),
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
