"""Wrappers of functions among the queries: their files, results and arguments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from strongroom_codegen.analyse import AnalysedQuery
from strongroom_codegen.annotations import AnnotatedFile, AnnotatedQuery, ApiRoutine
from strongroom_codegen.model import Parameter
from strongroom_codegen.parameters import PreparedQuery
from strongroom_codegen.pytypes import PyType
from strongroom_codegen.source import Source


def with_routines(
    files: Iterable[AnnotatedFile], routines: list[PreparedQuery]
) -> list[AnnotatedFile]:
    """The files with the wrappers after their queries; a module without queries gets a file."""
    merged = {(file.app, file.subject): file for file in files}
    for prepared in routines:
        query = prepared.query
        key = (query.app, query.subject)
        known = merged.get(key)
        if known is None:
            doc = f"Functions of the schema {query.app}."
            known = AnnotatedFile(query.app, query.subject, query.source, doc, ())
        elif known.source.name != query.source.name and is_of_functions(known):
            folder = PurePosixPath(query.source.name).parent.as_posix()
            known = replace(known, source=Source(f"{folder}/", ""))
        merged[key] = replace(known, queries=(*known.queries, query))
    return [merged[key] for key in sorted(merged)]


def is_of_functions(file: AnnotatedFile) -> bool:
    """Whether no file of queries/ stands behind it."""
    return bool(file.queries) and all(query.routine for query in file.queries)


def about_routine(found: AnalysedQuery) -> AnalysedQuery:
    """What the tree can't say of a call: how many rows it gives, and which procedure it calls."""
    routine = found.prepared.query.routine
    if routine is None:
        return found
    return replace(
        found,
        always_one=found.always_one or routine.always_one,
        at_most_one=found.at_most_one or routine.always_one,
        functions=tuple(sorted({*found.functions, routine.oid})),
    )


def routine_parameters(
    query: AnnotatedQuery, parameters: tuple[Parameter, ...]
) -> tuple[Parameter, ...]:
    """The arguments of a wrapper: VARIADIC takes any iterable."""
    if query.routine is None or query.routine.variadic is None:
        return parameters
    changed = [
        _variadic(parameter, query.routine)
        if parameter.source == query.routine.variadic
        else parameter
        for parameter in parameters
    ]
    return tuple(sorted(changed, key=lambda p: p.default is not None or p.optional))


def _variadic(parameter: Parameter, routine: ApiRoutine) -> Parameter:
    python = PyType("collections.abc", "Iterable", parameter.type.arguments)
    default = "()" if routine.may_be_empty else None
    return replace(parameter, type=python, default=default, variadic=True)
