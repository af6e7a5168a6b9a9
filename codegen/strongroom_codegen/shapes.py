"""What is inside a value, from the tree: whose row it is, what its elements are, what JSON holds.

Where the tree does not show it, nothing is said, and the type alone decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from strongroom_codegen.inside import (
    RECORD,
    Document,
    Fields,
    Inside,
    Items,
    RowOf,
    Value,
    either_value,
    merged,
)
from strongroom_codegen.levels import answers_otherwise, origin
from strongroom_codegen.nullability import Analyzer, Verdict, frames
from strongroom_codegen.nullability.frames import Frame
from strongroom_codegen.tree import Node
from strongroom_codegen.value_lists import constant_bytes

_JSON_TYPES = (114, 3802)

_WRAPPERS = frozenset({"RELABELTYPE", "COLLATEEXPR", "COERCETODOMAIN", "NAMEDARGEXPR"})
_TYPE_FIELDS = (
    *("vartype", "consttype", "paramtype", "funcresulttype", "opresulttype", "resulttype"),
    *("aggtype", "wintype", "casetype", "coalescetype", "minmaxtype", "array_typeid"),
    *("row_typeid", "refrestype", "resulttype"),
)
_BOOLEANS = frozenset({"BOOLEXPR", "NULLTEST", "BOOLEANTEST", "DISTINCTEXPR", "SCALARARRAYOPEXPR"})
_BOOL_OID = 16
_COLLECTS = {"array_agg": False, "json_agg": True, "jsonb_agg": True}
_AS_JSON = frozenset({"to_json", "to_jsonb", "row_to_json", "array_to_json"})
_OBJECTS = frozenset({"json_build_object", "jsonb_build_object"})
# Functions whose arrays hold no NULL: of a string's parts none is, unless a third argument says so.
_FULL_ARRAYS = {"string_to_array": 2, "regexp_split_to_array": 3, "tsvector_to_array": 1}
_ARRAY_SUBLINK, _SCALAR_SUBLINK = "6", "4"


def inside(analyzer: Analyzer, node: Node, frame: Frame) -> Inside | None:
    """What an expression's value holds; None where only its type tells."""
    while node["node"] in _WRAPPERS:
        node = node["arg"]
    rule = _RULES.get(node["node"])
    return rule(analyzer, node, frame) if rule else None


def value(analyzer: Analyzer, node: Node, frame: Frame) -> Value | None:
    """An expression as a part of another; None when its type can't be told."""
    type_ = expression_type(node)
    if not type_:
        return None
    nullable = analyzer.expression(node, frame).nullable
    source = origin(analyzer, node, frame)
    return Value(type_, nullable, source, inside(analyzer, node, frame))


def expression_type(node: Node) -> int:
    """The OID of an expression's type; 0 for nodes of which it is not known where they keep it."""
    if node["node"] in _BOOLEANS:
        return _BOOL_OID
    if node["node"] in ("COLLATEEXPR", "NAMEDARGEXPR"):
        return expression_type(node["arg"])
    if node["node"] == "SUBLINK" and node["subLinkType"] == _SCALAR_SUBLINK:
        return expression_type(frames.targets(node["subselect"])[0]["expr"])
    return next((int(node[field]) for field in _TYPE_FIELDS if field in node), 0)


def _variable(analyzer: Analyzer, node: Node, frame: Frame) -> Inside | None:
    owner = frame.up(int(node["varlevelsup"]))
    if owner is None:
        return None
    number, entry = int(node["varattno"]), owner.entry(int(node["varno"]))
    kind = int(entry["rtekind"])
    if number == 0:
        return _whole_row(analyzer, node, owner)
    if number < 0:
        return None
    match kind:
        case frames.TABLE:
            return _column(analyzer, int(entry["relid"]), number)
        case frames.JOIN:
            return inside(analyzer, entry["joinaliasvars"][number - 1], owner)
        case frames.GROUP:
            return inside(analyzer, entry["groupexprs"][number - 1], owner)
        case frames.SUBQUERY:
            return output(analyzer, entry["subquery"], owner, number)
        case frames.CTE:
            cte, level = owner.cte(entry)
            # What a recursion adds to itself is not followed.
            if cte and cte["cterecursive"] != "true":
                return output(analyzer, cte["ctequery"], level, number)
    return None


def output(analyzer: Analyzer, query: Node, parent: Frame | None, number: int) -> Inside | None:
    """What a column of a query level holds."""
    frame = analyzer.frame(query, parent)
    if query["setOperations"]:
        return merged([output(analyzer, arm, frame, number) for arm in arms(query)])
    entries = frames.targets(query)
    if number > len(entries) or answers_otherwise(analyzer, frame):
        return None
    inner = frame if frame.command == frames.SELECT else frames.returning_frame(frame)
    return inside(analyzer, entries[number - 1]["expr"], inner)


def arms(query: Node) -> list[Node]:
    """The queries that a set operation brings together."""
    return list(_arms(query, query["setOperations"]))


def _arms(query: Node, node: Node) -> Iterator[Node]:
    if node["node"] == "RANGETBLREF":
        yield query["rtable"][int(node["rtindex"]) - 1]["subquery"]
    else:
        yield from _arms(query, node["larg"])
        yield from _arms(query, node["rarg"])


def _column(analyzer: Analyzer, relation: int, number: int) -> Inside | None:
    view = analyzer.catalog.view_query(relation)
    if view:
        return output(analyzer, view, None, number)
    table = analyzer.catalog.relations.get(relation)
    column = table.columns.get(number) if table else None
    if column is None or not column.full_array:
        return None
    array = analyzer.catalog.base_type(column.type)
    return Items(Value(array.element, False)) if array.element else None


def _whole_row(analyzer: Analyzer, node: Node, owner: Frame) -> Inside | None:
    index = int(node["varno"])
    entry = owner.entry(index)
    if int(entry["rtekind"]) == frames.TABLE:
        table = analyzer.catalog.relations.get(int(entry["relid"]))
        # What is written through a view, or may have been, is no row that the view would show.
        is_written = table is not None and table.kind == "v" and index == owner.target
        return None if table is None or is_written else RowOf(table.oid)
    if int(node["vartype"]) != RECORD:
        return None
    # Before PostgreSQL 16 the row of a whole join is there, full of NULLs, where it was missed.
    missed = int(entry["rtekind"]) == frames.JOIN and bool(owner.blanked.get(index))
    names, fields = entry["eref"]["colnames"], []
    there = replace(owner, blanked={**owner.blanked, index: frozenset()})
    for number, name in enumerate(names, 1):
        part = {**node, "varattno": str(number), "varlevelsup": "0"}
        type_ = _column_type(analyzer, entry, number)
        if not type_:
            return None
        nullable = analyzer.expression(part, there).nullable
        shape = inside(analyzer, part, there)
        source = origin(analyzer, part, there)
        fields.append((str(name), Value(type_, nullable or missed, source, shape)))
    return Fields(tuple(fields))


def _column_type(analyzer: Analyzer, entry: Node, number: int) -> int:
    """The type of a column of what stands in FROM; 0 where it is not known."""
    match int(entry["rtekind"]):
        case frames.SUBQUERY:
            return _output_type(entry["subquery"], number)
        case frames.JOIN:
            return expression_type(entry["joinaliasvars"][number - 1])
        case frames.CTE:
            types = entry["coltypes"] or []
            return int(types[number - 1]) if number <= len(types) else 0
        case frames.VALUES:
            types = entry["coltypes"] or []
            return int(types[number - 1]) if number <= len(types) else 0
        case frames.FUNCTION if len(entry["functions"]) == 1:
            called = entry["functions"][0]["funcexpr"].get("funcid", 0)
            function = analyzer.catalog.functions.get(int(called))
            outputs = function.outputs if function else ()
            return outputs[number - 1][1] if number <= len(outputs) else 0
    return 0


def _output_type(query: Node, number: int) -> int:
    entries = frames.targets(query)
    return expression_type(entries[number - 1]["expr"]) if number <= len(entries) else 0


def _aggregate(analyzer: Analyzer, node: Node, frame: Frame) -> Inside | None:
    is_window = node["node"] == "WINDOWFUNC"
    function = analyzer.catalog.functions[int(node["winfnoid" if is_window else "aggfnoid"])]
    if not function.is_builtin or function.name not in _COLLECTS:
        return None
    if node.get("agglevelsup", "0") != "0":
        return None
    argument = node["args"][0] if is_window else node["args"][0]["expr"]
    chosen = node["aggfilter"]
    proven = analyzer.proofs.proven(chosen, frame) if chosen else frozenset()
    with analyzer.assuming(frame, proven):
        element = value(analyzer, argument, frame)
    if element is None:
        return None
    if not _COLLECTS[function.name]:
        return Items(element)
    return Document(Value(0, False, None, Items(element)))


def _call(analyzer: Analyzer, node: Node, frame: Frame) -> Inside | None:
    function = analyzer.catalog.functions.get(int(node["funcid"]))
    arguments = node["args"] or []
    if function is None or not function.is_builtin or node["funcretset"] == "true":
        return None
    if function.name in _AS_JSON:
        made = value(analyzer, arguments[0], frame)
        return Document(replace(made, nullable=False)) if made else None
    if function.name in _OBJECTS and node["funcvariadic"] == "false":
        return _object(analyzer, arguments, frame)
    if function.name == "array_remove" and _is_null(arguments[1]):
        found = inside(analyzer, arguments[0], frame)
        element = found.element if isinstance(found, Items) else None
        if element is None:
            array = analyzer.catalog.base_type(int(node["funcresulttype"]))
            element = Value(array.element, False)
        return Items(replace(element, nullable=False))
    if len(arguments) <= _FULL_ARRAYS.get(function.name, -1):
        return Items(Value(analyzer.catalog.types[function.result].element, False))
    return None


def _object(analyzer: Analyzer, arguments: list[Node], frame: Frame) -> Inside | None:
    fields: list[tuple[str, Value]] = []
    for key, argument in zip(arguments[::2], arguments[1::2], strict=False):
        name, found = _text(key), value(analyzer, argument, frame)
        if name is None or found is None or name in dict(fields):
            return None
        fields.append((name, found))
    return Document(Value(RECORD, False, None, Fields(tuple(fields)))) if fields else None


def _text(node: Node) -> str | None:
    while node["node"] in ("RELABELTYPE", "COERCEVIAIO"):
        node = node["arg"]
    if node["node"] != "CONST" or node["constisnull"] == "true":
        return None
    data = constant_bytes(node)
    if node["consttype"] == "705":
        return data.rstrip(b"\0").decode()
    return data[4:].decode() if node["consttype"] == "25" else None


def _is_null(node: Node) -> bool:
    while node["node"] in _WRAPPERS:
        node = node["arg"]
    return bool(node["node"] == "CONST" and node["constisnull"] == "true")


def _array(analyzer: Analyzer, node: Node, frame: Frame) -> Inside | None:
    if node["multidims"] == "true":
        return None
    parts = [value(analyzer, item, frame) for item in node["elements"] or []]
    if not parts:
        return Items(None)
    # A constant NULL says nothing of what the others are.
    known = [
        part
        for part, item in zip(parts, node["elements"], strict=True)
        if part is not None and not _is_null(item)
    ]
    if not known or any(part is None for part in parts):
        return None
    first = known[0]
    for part in known[1:]:
        both = either_value(first, part)
        if both is None:
            return None
        first = both
    nullable = any(part.nullable for part in parts if part)
    return Items(replace(first, nullable=nullable))


def _constant(analyzer: Analyzer, node: Node, frame: Frame) -> Inside | None:
    found = analyzer.catalog.base_type(int(node["consttype"]))
    if node["constisnull"] == "true":
        return None
    data = constant_bytes(node)
    if found.oid in _JSON_TYPES:
        is_empty = data[4:] == (b"[]" if found.name == "json" else b"\x00\x00\x00\x40")
        return Document(None) if is_empty else None
    if found.category != "A" or not found.element:
        return None
    # Length, number of dimensions, and where the data begin: 0 when no bitmap of NULLs precedes.
    dimensions, start = (int.from_bytes(data[at : at + 4], "little") for at in (4, 8))
    if not dimensions:
        return Items(None)
    return Items(Value(found.element, False)) if dimensions == 1 and not start else None


def _parameter(analyzer: Analyzer, node: Node, frame: Frame) -> Inside | None:
    found = analyzer.catalog.base_type(int(node["paramtype"]))
    is_given = node["paramkind"] == "0" and found.category == "A" and found.element
    return Items(Value(found.element, False)) if is_given else None


def _coalesce(analyzer: Analyzer, node: Node, frame: Frame) -> Inside | None:
    return merged([inside(analyzer, arg, frame) for arg in node["args"] if not _is_null(arg)])


def _case(analyzer: Analyzer, node: Node, frame: Frame) -> Inside | None:
    results = [when["result"] for when in node["args"]]
    results += [node["defresult"]] if node["defresult"] else []
    return merged([inside(analyzer, arg, frame) for arg in results if not _is_null(arg)])


def _sublink(analyzer: Analyzer, node: Node, frame: Frame) -> Inside | None:
    query = node["subselect"]
    if node["subLinkType"] == _SCALAR_SUBLINK:
        return output(analyzer, query, frame, 1)
    if node["subLinkType"] != _ARRAY_SUBLINK:
        return None
    inner = analyzer.frame(query, frame)
    verdict: Verdict = analyzer.outputs(inner)[0]
    shape, type_ = output(analyzer, query, frame, 1), _output_type(query, 1)
    expression = frames.targets(query)[0]["expr"]
    source = None if query["setOperations"] else origin(analyzer, expression, inner)
    return Items(Value(type_, verdict.nullable, source, shape)) if type_ else None


def _row(analyzer: Analyzer, node: Node, frame: Frame) -> Inside | None:
    if int(node["row_typeid"]) != RECORD:
        return None
    arguments = node["args"] or []
    names = node["colnames"] or [f"f{n}" for n in range(1, len(arguments) + 1)]
    fields = []
    for name, argument in zip(names, arguments, strict=True):
        found = value(analyzer, argument, frame)
        if found is None:
            return None
        fields.append((str(name), found))
    return Fields(tuple(fields))


_RULES: dict[str, Callable[[Analyzer, Node, Frame], Inside | None]] = {
    "VAR": _variable,
    "AGGREF": _aggregate,
    "WINDOWFUNC": _aggregate,
    "FUNCEXPR": _call,
    "ARRAYEXPR": _array,
    "CONST": _constant,
    "PARAM": _parameter,
    "COALESCEEXPR": _coalesce,
    "CASEEXPR": _case,
    "SUBLINK": _sublink,
    "ROWEXPR": _row,
}
