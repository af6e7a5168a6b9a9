"""Queries made from functions: each routine with an `@api` tag is called by a statement of its own.

From there on it is a query like any other: PostgreSQL describes it, its result is analysed, and a
function is rendered. Arguments go by name, so those that a call leaves out keep the default that
the database has for them at that moment.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any

import psycopg

from strongroom.project import Project
from strongroom_codegen.annotations import AnnotatedQuery, ApiRoutine, Option, ParameterNote
from strongroom_codegen.api_checks import check_routine, read_role
from strongroom_codegen.api_comment import ApiComment, read_api_comment
from strongroom_codegen.catalog import Catalog
from strongroom_codegen.diagnostics import Diagnostics, did_you_mean
from strongroom_codegen.keywords import sql_name
from strongroom_codegen.lexer import Token
from strongroom_codegen.parameters import MAX_VARIANTS, PreparedQuery, Variant
from strongroom_codegen.routine import Argument, Routine, read_routines

_RECORD = 2249
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class _Input:
    """An argument that goes in: its parameter, and whether a call may leave it out."""

    argument: Argument
    parameter: str
    is_optional: bool


def prepare_routines(
    project: Project,
    connection: psycopg.Connection[Any],
    catalog: Catalog,
    diagnostics: Diagnostics,
) -> list[PreparedQuery]:
    """A prepared query for every routine with an `@api` tag; what is wrong with one is reported."""
    found = []
    for routine in read_routines(connection, catalog):
        comment = read_api_comment(project, routine, diagnostics)
        if comment is None or not check_routine(routine, comment, catalog, diagnostics):
            continue
        prepared = _prepare(routine, comment, catalog, diagnostics)
        found += [prepared] if prepared else []
    return found


def _prepare(
    routine: Routine, comment: ApiComment, catalog: Catalog, diagnostics: Diagnostics
) -> PreparedQuery | None:
    before = len(diagnostics.found)
    names = _parameter_names(routine, comment, diagnostics)
    inputs = _inputs(routine, comment, names, diagnostics)
    notes = _notes(routine, comment, names, diagnostics)
    options = _options(routine, comment, catalog, names, diagnostics)
    optional = tuple(each.parameter for each in inputs if each.is_optional)
    if 2 ** len(optional) > MAX_VARIANTS:
        diagnostics.error(
            comment.place,
            f"{routine.signature} has {len(optional)} arguments with a default, which makes"
            f" {2 ** len(optional)} ways to call it; {MAX_VARIANTS} is the most",
            "say in its comment which of them callers always give (@given a, b) and which they"
            " never do (@omit c, d)",
        )
    if any(d.severity == "error" for d in diagnostics.found[before:]):
        return None
    query = AnnotatedQuery(
        app=routine.schema,
        subject=comment.subject,
        name=comment.name,
        kind=comment.kind,
        doc=comment.doc or f"Call the {routine.word} {routine.full_name}.",
        notes=notes,
        options=options,
        source=comment.source,
        place=comment.place,
        body=(Token("other", "", 0),),
        routine=ApiRoutine(
            oid=routine.oid,
            signature=routine.signature,
            always_one=not routine.returns_set and comment.kind != "maybe",
            variadic=next((i.parameter for i in inputs if i.argument.mode == "v"), None),
            may_be_empty=not any(i.argument.has_default for i in inputs[-1:]),
        ),
    )
    variants = [
        _variant(routine, comment, catalog, inputs, tuple(itertools.compress(optional, mask)))
        for mask in itertools.product((False, True), repeat=len(optional))
    ]
    all_names = tuple(each.parameter for each in inputs)
    places = dict.fromkeys(all_names, comment.place) | {note.name: note.place for note in notes}
    return PreparedQuery(query, all_names, optional, (), places, tuple(variants))


def _parameter_names(
    routine: Routine, comment: ApiComment, diagnostics: Diagnostics
) -> dict[str, str]:
    """By its name in SQL (or $n) the parameter of each argument: without a prefix that all have."""
    named = [argument.name for argument in routine.inputs if argument.name]
    prefix = next((p for p in ("p_", "_") if named and all(n.startswith(p) for n in named)), "")
    names: dict[str, str] = {}
    for number, argument in enumerate(routine.inputs, 1):
        name = argument.name.removeprefix(prefix) if argument.name else f"arg{number}"
        name = re.sub(r"\W", "_", name) or f"arg{number}"
        names[argument.name or f"${number}"] = f"_{name}" if name[0].isdigit() else name
    for name in {n for n in names.values() if list(names.values()).count(n) > 1}:
        diagnostics.error(
            comment.place,
            f'two arguments of {routine.signature} would be named "{name}"',
            "rename one of them in the database",
        )
    return names


def _inputs(
    routine: Routine, comment: ApiComment, names: dict[str, str], diagnostics: Diagnostics
) -> list[_Input]:
    known = {**names, **{parameter: parameter for parameter in names.values()}}
    chosen: dict[str, set[str]] = {"given": set(), "omit": set()}
    is_variadic = any(argument.mode == "v" for argument in routine.inputs)
    with_default = {
        names[a.name or f"${n}"]
        for n, a in enumerate(routine.inputs, 1)
        if a.has_default and not is_variadic
    }
    for tag, arguments in (("given", comment.given), ("omit", comment.omitted)):
        for name in arguments:
            if known.get(name) not in with_default:
                diagnostics.error(
                    comment.place_of(tag),
                    f'@{tag} names no argument with a default: "{name}"',
                    did_you_mean(name, with_default),
                )
            else:
                chosen[tag].add(known[name])
    inputs = []
    for number, argument in enumerate(routine.inputs, 1):
        parameter = names[argument.name or f"${number}"]
        if parameter in chosen["omit"]:
            continue
        # PostgreSQL matches names with a VARIADIC function only if all of its arguments are there.
        is_optional = argument.has_default and not is_variadic and parameter not in chosen["given"]
        if is_optional and not argument.name:
            diagnostics.error(
                comment.place,
                f"argument {number} of {routine.signature} has a default but no name, so a call"
                " can't leave it out and give a later one",
                f"name it in the database, or say: @given arg{number}",
            )
        inputs.append(_Input(argument, parameter, is_optional))
    return inputs


def _notes(
    routine: Routine, comment: ApiComment, names: dict[str, str], diagnostics: Diagnostics
) -> tuple[ParameterNote, ...]:
    """The lines about parameters, under the parameters' names; DEFAULT NULL allows None, too."""
    known = {**names, **{parameter: parameter for parameter in names.values()}}
    notes: dict[str, ParameterNote] = {}
    for note in comment.notes:
        if note.name not in known:
            diagnostics.error(
                note.place,
                f":{note.name} is described, but {routine.signature} has no such argument",
                did_you_mean(note.name, names.values()),
            )
        elif known[note.name] in notes:
            diagnostics.error(note.place, f":{note.name} is described twice", "remove one line")
        elif note.default is not None:
            diagnostics.error(
                note.place,
                f"the default of :{note.name} belongs to the {routine.word} itself",
                f"write DEFAULT {note.default} where the {routine.word} is created",
            )
        elif note.allows_null and routine.strict:
            diagnostics.error(
                note.place,
                f"{routine.signature} is STRICT: with a NULL it is not even called",
                "remove the question mark, or STRICT",
            )
        else:
            notes[known[note.name]] = ParameterNote(
                known[note.name], note.doc, None, note.allows_null, note.place
            )
    for number, argument in enumerate(routine.inputs, 1):
        name = names[argument.name or f"${number}"]
        if argument.default_is_null and not routine.strict:
            before = notes.get(name) or ParameterNote(name, "", None, True, comment.place)
            notes[name] = ParameterNote(name, before.doc, None, True, before.place)
    return tuple(notes.values())


def _options(
    routine: Routine,
    comment: ApiComment,
    catalog: Catalog,
    names: dict[str, str],
    diagnostics: Diagnostics,
) -> tuple[Option, ...]:
    """The options of a query that the comment gives, and the role if it gives none."""
    options = [o for o in comment.options if o.name not in ("api", "given", "omit", "raises")]
    role = read_role(routine, comment, diagnostics)
    if role != "app" and not any(option.name == "role" for option in options):
        options.append(Option("role", role, comment.place))
    kept = []
    for option in options:
        if option.name == "nonnull":
            kept += _nonnull(routine, option, catalog, diagnostics)
        elif option.name == "like":
            name, _, column = option.argument.partition(" ")
            name = names.get(name.removeprefix(":"), name.removeprefix(":"))
            kept.append(Option("like", f"{name} {column}", option.place))
        else:
            kept.append(option)
    return tuple(kept)


def _nonnull(
    routine: Routine, option: Option, catalog: Catalog, diagnostics: Diagnostics
) -> list[Option]:
    """@nonnull: the analysis reads it for functions; a CALL has no tree, so it stays an option."""
    columns = [name for name, _ in result_columns(routine, catalog)]
    named = [part.strip() for part in option.argument.split(",") if part.strip()]
    for name in named:
        if name not in columns:
            diagnostics.error(
                option.place,
                f'@nonnull names no column of the result: "{name}"',
                did_you_mean(name, columns),
            )
    if routine.kind != "p" or not columns:
        return []
    return [Option("nonnull", option.argument or ", ".join(columns), option.place)]


def result_columns(routine: Routine, catalog: Catalog) -> list[tuple[str, int]]:
    """Names and types of what a call gives; none for void and for procedures without OUT."""
    outputs = routine.outputs
    if routine.kind == "p" or routine.result == _RECORD:
        return [(a.name or f"column{n}", a.type) for n, a in enumerate(outputs, 1)]
    result = catalog.types[routine.result]
    if result.name == "void":
        return []
    relation = catalog.relations.get(result.relation) if result.kind == "c" else None
    if relation:
        return [(column.name, column.type) for column in relation.columns.values()]
    name = outputs[0].name if outputs and outputs[0].name else routine.name
    return [(name, routine.result)]


def _variant(
    routine: Routine,
    comment: ApiComment,
    catalog: Catalog,
    inputs: list[_Input],
    given: tuple[str, ...],
) -> Variant:
    present = [each for each in inputs if not each.is_optional or each.parameter in given]
    numbers = {id(each.argument): n for n, each in enumerate(present, 1)}
    arguments = _arguments(routine, catalog, numbers)
    name = f"{sql_name(routine.schema)}.{sql_name(routine.name)}"
    if routine.kind == "p":
        sql = _call("CALL ", name, arguments, "")
    else:
        sql = _select(routine, comment, catalog, name, arguments)
    return Variant(given, "", sql, tuple(each.parameter for each in present), ((0, 0),))


def _arguments(routine: Routine, catalog: Catalog, numbers: dict[int, int]) -> list[str]:
    """What stands in the brackets: by position up to the last argument without a name."""
    listed = [a for a in routine.arguments if a.is_input or (routine.kind == "p" and a.is_output)]
    positional = max((n for n, a in enumerate(listed, 1) if not a.name), default=0)
    parts = []
    for place, argument in enumerate(listed, 1):
        if argument.is_input and id(argument) not in numbers:
            continue
        value = f"${numbers[id(argument)]}" if argument.is_input else "NULL"
        if argument.is_input and routine.is_overloaded:
            # The server has to know which of the functions of this name is meant.
            value = f"CAST({value} AS {catalog.types[argument.type].format})"
        if place > positional:
            value = f"{sql_name(argument.name)} => {value}"
        parts.append(f"VARIADIC {value}" if argument.mode == "v" else value)
    return parts


def _select(
    routine: Routine, comment: ApiComment, catalog: Catalog, name: str, arguments: list[str]
) -> str:
    result = catalog.types[routine.result]
    is_row = routine.result == _RECORD or result.kind == "c"
    columns = [sql_name(column) for column, _ in result_columns(routine, catalog)]
    if not columns or not (is_row or routine.returns_set):
        return _call("SELECT ", name, arguments, f" AS {columns[0]}" if columns else "")
    if not is_row:
        return _call(f"SELECT r.{columns[0]}\nFROM ", name, arguments, f" AS r ({columns[0]})")
    is_one = not routine.returns_set
    # A single row whose fields are all NULL, or that is itself NULL, is no row.
    tail = " AS r\nWHERE NOT (r IS NULL)" if is_one and comment.kind == "maybe" else " AS r"
    listed = [f"r.{column}" for column in columns]
    flat = f"SELECT {', '.join(listed)}"
    head = flat if len(flat) <= _WIDTH else "SELECT\n    " + ",\n    ".join(listed)
    return _call(f"{head}\nFROM ", name, arguments, tail)


def _call(head: str, name: str, arguments: list[str], tail: str) -> str:
    flat = f"{head}{name}({', '.join(arguments)}){tail}"
    if all(len(line) <= _WIDTH for line in flat.split("\n")):
        return flat
    inside = ",\n    ".join(arguments)
    return f"{head}{name}(\n    {inside}\n){tail}"
