"""Where domains are: below the types of a result, and checked while a statement runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from strongroom_codegen.catalog import Catalog
from strongroom_codegen.describe import ResultColumn
from strongroom_codegen.model import ErrorClass
from strongroom_codegen.nullability import frames
from strongroom_codegen.tree import Node, everywhere

# The field that holds an expression's type is called otherwise in each kind of node.
_TYPE_FIELDS = (
    *("vartype", "consttype", "paramtype", "funcresulttype", "opresulttype", "resulttype"),
    *("aggtype", "wintype", "refrestype", "casetype", "coalescetype", "minmaxtype"),
)


def result_types(
    catalog: Catalog, columns: tuple[ResultColumn, ...], query: Node
) -> tuple[ResultColumn, ...]:
    """The columns of a result with their domains, for which the server answers the type below."""
    return tuple(
        ResultColumn(column.name, _with_domain(catalog, column.type, entry["expr"]))
        for column, entry in zip(columns, frames.targets(query), strict=True)
    )


def _with_domain(catalog: Catalog, described: int, expression: Node) -> int:
    found = next((int(expression[f]) for f in _TYPE_FIELDS if f in expression), 0)
    if found in catalog.types and catalog.base_type(found).oid == described:
        return found
    return described


def checked_domains(
    catalog: Catalog, parameters: Iterable[int], query: Node | None
) -> frozenset[int]:
    """The domains whose constraints a statement can violate: of its parameters, and its casts."""
    types = set(parameters)
    if query:
        types |= {
            int(node["resulttype"])
            for node in everywhere(query)
            if node["node"] in ("COERCETODOMAIN", "ARRAYCOERCEEXPR")
        }
    return frozenset(found for oid in types for found in _domains_in(catalog, oid, set()))


def _domains_in(catalog: Catalog, oid: int, seen: set[int]) -> Iterator[int]:
    """The domains that are checked when a value of this type is made."""
    found = catalog.types.get(oid)
    if found is None or oid in seen:
        return
    seen.add(oid)
    if found.kind == "d":
        yield oid
        # Constraints of the domains below are reported under the name of this one.
        yield from _domains_in(catalog, catalog.base_type(oid).oid, seen)
    elif found.kind == "c":
        for column in catalog.relations[found.relation].columns.values():
            yield from _domains_in(catalog, column.type, seen)
    else:
        yield from _domains_in(catalog, found.element or found.subtype, seen)


def domain_errors(catalog: Catalog, app: str) -> list[ErrorClass]:
    """The exceptions that the comments of a schema's domain constraints name."""
    errors = []
    for constraint in catalog.constraints:
        tag = constraint.comment.tag("error")
        if not tag or not constraint.domain or constraint.schema != app:
            continue
        name, _, text = tag.partition(" ")
        reported = "" if constraint.kind == "n" else constraint.name
        made_from = [oid for oid in catalog.types if constraint.domain in _chain(catalog, oid)]
        targets = sorted(
            (catalog.types[oid].schema, catalog.types[oid].name, reported)
            for oid in made_from
            if oid == constraint.domain or not _has_own(catalog, oid, constraint.domain, reported)
        )
        doc = text or f"{constraint.name} is violated."
        errors.append(ErrorClass(name, doc, domains=tuple(targets), text=text or None))
    return errors


def errors_of_domains(catalog: Catalog, domains: Iterable[int], apps: Iterable[str]) -> set[str]:
    """The names of the exceptions that values of these domains can raise."""
    violated = {domain for oid in domains for domain in _chain(catalog, oid)}
    return {
        (constraint.comment.tag("error") or "").partition(" ")[0]
        for constraint in catalog.constraints
        if constraint.domain in violated and constraint.schema in apps
    } - {""}


def schemas_of_domain_errors(catalog: Catalog) -> set[str]:
    """The schemas that have domain constraints with an exception."""
    return {k.schema for k in catalog.constraints if k.domain and k.comment.tag("error")}


def _chain(catalog: Catalog, oid: int) -> list[int]:
    """A domain and those that it is made from."""
    found = []
    while catalog.types[oid].kind == "d":
        found.append(oid)
        oid = catalog.types[oid].base
    return found


def _has_own(catalog: Catalog, oid: int, base: int, name: str) -> bool:
    """Whether a constraint of this name stands between a domain and one that it is made from."""
    between = set(_chain(catalog, oid)) - set(_chain(catalog, base))
    return any(
        constraint.domain in between
        and ("" if constraint.kind == "n" else constraint.name) == name
        and constraint.comment.tag("error")
        for constraint in catalog.constraints
    )
