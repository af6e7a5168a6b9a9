"""Types whose OIDs differ from database to database: asked for once on each connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg.adapt import AdaptersMap

from strongroom.session import loaders, loaders_of_types
from strongroom.session.values import BINARY, BINDINGS_BY_OID, TEXT, Binding, array_of, text_binding
from strongroom.session.values_of_types import extension_binding, multirange_of, range_of

OIDS_OF_NAMES = (
    b"SELECT pg_catalog.to_regtype(n.name)::pg_catalog.oid"
    b" FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS n (name, position)"
    b" ORDER BY n.position"
)
TYPES_OF_OIDS = (
    b"SELECT t.oid, t.typtype, t.typcategory, t.typelem, t.typbasetype,"
    b" pg_catalog.array_to_string(ARRAY("
    b"SELECT a.atttypid FROM pg_catalog.pg_attribute AS a"
    b" WHERE a.attrelid = t.typrelid AND t.typtype = 'c'"
    b" AND a.attnum > 0 AND NOT a.attisdropped), ' ')"
    b", coalesce(r.rngsubtype, m.rngsubtype, 0::pg_catalog.oid), coalesce(e.extname, '')"
    b", t.typname, t.typdelim"
    b" FROM pg_catalog.pg_type AS t"
    b" LEFT JOIN pg_catalog.pg_range AS r ON r.rngtypid = t.oid"
    b" LEFT JOIN pg_catalog.pg_range AS m ON m.rngmultitypid = t.oid"
    b" LEFT JOIN pg_catalog.pg_depend AS d ON d.objid = t.oid AND d.deptype = 'e'"
    b" AND d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass"
    b" LEFT JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid"
    b" WHERE t.oid = ANY ($1::pg_catalog.oid[])"
)


@dataclass(frozen=True, slots=True)
class TypeInfo:
    """A row of pg_type: `parts` are the OIDs of its element, base type, fields or bounds.

    `extension` and `name` are of a type that an extension brought, else ''. `delimiter` stands
    between the elements in an array's text.
    """

    oid: int
    is_string: bool
    is_array: bool
    is_domain: bool
    is_composite: bool
    parts: tuple[int, ...]
    is_range: bool = False
    is_multirange: bool = False
    extension: str = ""
    name: str = ""
    delimiter: str = ","


def read_type(row: list[str]) -> TypeInfo:
    """A row of `TYPES_OF_OIDS`, as text."""
    oid, kind, category, element, base, fields, bound, extension, name, delimiter = row
    is_array = category == "A" and element != "0" and kind == "b"
    if is_array:
        parts: tuple[int, ...] = (int(element),)
    elif kind == "d":
        parts = (int(base),)
    elif kind in ("r", "m"):
        parts = (int(bound),)
    else:
        parts = tuple(int(field) for field in fields.split())
    return TypeInfo(
        oid=int(oid),
        is_string=kind == "e" or (kind == "b" and category == "S"),
        is_array=is_array,
        is_domain=kind == "d",
        is_composite=kind == "c",
        parts=parts,
        is_range=kind == "r",
        is_multirange=kind == "m",
        extension=extension,
        name=name,
        delimiter=delimiter,
    )


def is_known(adapters: AdaptersMap, oid: int) -> bool:
    """Whether nothing has to be asked about a type."""
    return oid in BINDINGS_BY_OID or loaders.has_loader(adapters, oid, BINARY)


def binding_of(
    oid: int, types: Mapping[int, TypeInfo], chosen: Mapping[int, Binding] | None = None
) -> Binding:
    """How values of a type are sent; what is not known better is sent as text.

    `chosen` are the bindings of types with a codec.
    """
    if chosen and oid in chosen:
        return chosen[oid]
    if (known := BINDINGS_BY_OID.get(oid)) is not None:
        return known
    info = types.get(oid)
    if info is None:
        return text_binding(oid, string=False)
    if info.is_domain:
        base = binding_of(info.parts[0], types, chosen)
        return Binding(oid, base.format, base.dump)
    if info.is_array:
        return array_of(binding_of(info.parts[0], types, chosen), oid, info.delimiter)
    if info.is_range:
        return range_of(oid, binding_of(info.parts[0], types, chosen))
    if info.is_multirange:
        return multirange_of(oid, binding_of(info.parts[0], types, chosen))
    if known := extension_binding(oid, info.extension, info.name):
        return known
    return text_binding(oid, string=info.is_string)


def register(adapters: AdaptersMap, oid: int, types: dict[int, TypeInfo]) -> None:
    """Give a type, and what it is made of, its loaders; without one it is read as text."""
    info = types.get(oid)
    if info is None or loaders.has_loader(adapters, oid, BINARY):
        return
    for part in info.parts:
        register(adapters, part, types)
    complete = all(loaders.has_loader(adapters, part, BINARY) for part in info.parts)
    own = loaders_of_types.extension_loaders(info.extension, info.name)
    if own:
        loaders_of_types.register(adapters, oid, own)
    elif info.is_string:
        loaders.register_text(adapters, oid)
    elif info.is_domain:
        loaders.register_alias(adapters, oid, info.parts[0])
    elif info.is_array:
        loaders.register_array(
            adapters, oid, info.parts[0], delimiter=info.delimiter, binary=complete
        )
    elif info.is_composite and complete:
        loaders.register_record(adapters, oid)
    elif info.is_range or info.is_multirange:
        text, binary = (
            loaders_of_types.range_loaders(info.parts[0])
            if info.is_range
            else loaders_of_types.multirange_loaders(info.parts[0])
        )
        loaders_of_types.register(adapters, oid, (text, binary) if complete else (text,))


def result_format(adapters: AdaptersMap, oids: list[int]) -> int:
    """Binary, if every column can be read so, else text: libpq knows one format for a result."""
    readable = all(loaders.has_loader(adapters, oid, BINARY) for oid in oids)
    return BINARY if readable else TEXT
