"""Which columns a condition proves not to be NULL: it was true, and would not be with a NULL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from strongroom_codegen.catalog import Catalog
from strongroom_codegen.tree import Node

if TYPE_CHECKING:
    from strongroom_codegen.nullability.frames import Frame

# Range table index and column number; number 0 is the whole row.
Slot = tuple[int, int]
Slots = frozenset[Slot]

_NOTHING: Slots = frozenset()
_PASS_THROUGH = frozenset(
    {
        "RELABELTYPE",
        "COERCEVIAIO",
        "ARRAYCOERCEEXPR",
        "COLLATEEXPR",
        "COERCETODOMAIN",
        "NAMEDARGEXPR",
    }
)
# NULL at least when all their arguments are.
_SHARED = frozenset({"COALESCEEXPR", "MINMAXEXPR", "BOOLEXPR"})
_JOIN, _GROUP = 2, 9
_ANY_SUBLINK = "2"
_IS_TRUE, _IS_NOT_TRUE, _IS_FALSE, _IS_NOT_FALSE, _IS_UNKNOWN, _IS_NOT_UNKNOWN = map(str, range(6))
_WHEN_TRUE = (_IS_TRUE, _IS_FALSE, _IS_NOT_UNKNOWN)
_WHEN_FALSE = (_IS_NOT_TRUE, _IS_NOT_FALSE, _IS_UNKNOWN)
_IS_NULL = "0"


@dataclass(frozen=True, slots=True)
class Proofs:
    """The rules, which need to know what functions are strict."""

    catalog: Catalog

    def proven(self, condition: Node, frame: Frame) -> Slots:
        """Columns that can't be NULL in a row for which the condition is true."""
        match condition["node"]:
            case "BOOLEXPR" if condition["boolop"] == "not":
                return self.refuted(condition["args"][0], frame)
            case "BOOLEXPR":
                parts = [self.proven(arg, frame) for arg in condition["args"]]
                return _union(parts) if condition["boolop"] == "and" else _shared(parts)
            case "NULLTEST":
                if condition["nulltesttype"] == _IS_NULL:
                    return _NOTHING
                return self._row(condition, frame) | self.strict(condition["arg"], frame)
            case "BOOLEANTEST":
                return self._boolean_test(condition, frame, _WHEN_TRUE)
            case "SCALARARRAYOPEXPR" if condition["useOr"] == "true":
                return self._call(condition["opfuncid"], condition, frame)
            case "ROWCOMPAREEXPR":
                # Later pairs matter only where the first ones are equal.
                left = self.strict(condition["largs"][0], frame)
                return left | self.strict(condition["rargs"][0], frame)
            case "SUBLINK":
                is_any = condition["subLinkType"] == _ANY_SUBLINK
                return self.proven(condition["testexpr"], frame) if is_any else _NOTHING
            case _:
                return self.strict(condition, frame)

    def refuted(self, condition: Node, frame: Frame) -> Slots:
        """Columns that can't be NULL in a row for which the condition is false."""
        match condition["node"]:
            case "BOOLEXPR" if condition["boolop"] == "not":
                return self.proven(condition["args"][0], frame)
            case "BOOLEXPR":
                parts = [self.refuted(arg, frame) for arg in condition["args"]]
                return _union(parts) if condition["boolop"] == "or" else _shared(parts)
            case "NULLTEST":
                # Of a row it says that some field has a value, so there is a row.
                is_null = condition["nulltesttype"] == _IS_NULL
                return self.strict(condition["arg"], frame) if is_null else _NOTHING
            case "BOOLEANTEST":
                return self._boolean_test(condition, frame, _WHEN_FALSE)
            case "DISTINCTEXPR":
                return self._same_as_value(condition["args"], frame)
            case "SUBLINK":
                return _NOTHING
            case _:
                return self.strict(condition, frame)

    def passed_by(self, condition: Node, frame: Frame) -> Slots:
        """Columns that can't be NULL where the condition is not true: false, or NULL."""
        match condition["node"]:
            case "NULLTEST" | "BOOLEANTEST" | "DISTINCTEXPR":
                return self.refuted(condition, frame)
            case "BOOLEXPR" if condition["boolop"] == "not":
                # What is never NULL itself is true where its opposite is not.
                inner = condition["args"][0]
                known = inner["node"] in ("NULLTEST", "BOOLEANTEST")
                return self.proven(inner, frame) if known else _NOTHING
            case "BOOLEXPR":
                parts = [self.passed_by(arg, frame) for arg in condition["args"]]
                return _union(parts) if condition["boolop"] == "or" else _shared(parts)
            case _:
                return _NOTHING

    def strict(self, node: Node, frame: Frame) -> Slots:
        """Columns that make the whole expression NULL when they are."""
        label = node["node"]
        if label == "VAR":
            return self._variable(node, frame)
        if label in _PASS_THROUGH:
            return self.strict(node["arg"], frame)
        if label in _SHARED:
            return _shared([self.strict(arg, frame) for arg in node["args"]])
        if label == "NULLIFEXPR":
            return self.strict(node["args"][0], frame)
        # Of an empty array ANY is false and ALL is true, whatever stands on the left.
        if label == "OPEXPR" or (label == "SCALARARRAYOPEXPR" and _has_elements(node)):
            return self._call(node["opfuncid"], node, frame)
        if label == "FUNCEXPR" and node["funcretset"] == "false":
            return self._call(node["funcid"], node, frame)
        if label == "FIELDSELECT":
            return self._field(node, frame)
        if label == "SUBSCRIPTINGREF" and self.catalog.is_array(int(node["refcontainertype"])):
            return self.strict(node["refexpr"], frame)
        return _NOTHING

    def _call(self, function: str, node: Node, frame: Frame) -> Slots:
        known = self.catalog.functions.get(int(function))
        if known is None or not known.strict:
            return _NOTHING
        return _union([self.strict(arg, frame) for arg in node["args"] or []])

    def _boolean_test(self, node: Node, frame: Frame, kinds: tuple[str, str, str]) -> Slots:
        """The kinds say that the argument is true, that it is false, that it is either."""
        true, false, known = kinds
        if node["booltesttype"] == true:
            return self.proven(node["arg"], frame)
        if node["booltesttype"] == false:
            return self.refuted(node["arg"], frame)
        return self.strict(node["arg"], frame) if node["booltesttype"] == known else _NOTHING

    def _row(self, node: Node, frame: Frame) -> Slots:
        """`row IS NOT NULL` is true only when every field has a value."""
        row = node["arg"]
        if node["argisrow"] != "true":
            return _NOTHING
        if row["node"] == "ROWEXPR":
            return _union([self.strict(field, frame) for field in row["args"] or []])
        if row["node"] != "VAR" or row["varattno"] != "0" or not self._variable(row, frame):
            return _NOTHING
        index = int(row["varno"])
        width = len(frame.entry(index)["eref"]["colnames"] or [])
        fields = ({**row, "varattno": str(number)} for number in range(1, width + 1))
        return _union([self._variable(field, frame) for field in fields])

    def _field(self, node: Node, frame: Frame) -> Slots:
        """A field is NULL when it is, and when there is no row."""
        row = node["arg"]
        found = self.strict(row, frame)
        if found and row["node"] == "VAR" and row["varattno"] == "0":
            return found | self._variable({**row, "varattno": node["fieldnum"]}, frame)
        return found

    def _same_as_value(self, pair: list[Node], frame: Frame) -> Slots:
        for one, other in (pair, pair[::-1]):
            if one["node"] == "CONST" and one["constisnull"] == "false":
                return self.strict(other, frame)
        return _NOTHING

    def _variable(self, node: Node, frame: Frame) -> Slots:
        if int(node["varlevelsup"]) or int(node.get("varreturningtype", 0)):
            return _NOTHING
        index, number = int(node["varno"]), int(node["varattno"])
        entry = frame.entry(index)
        kind = int(entry["rtekind"])
        if number > 0 and kind == _JOIN:
            return self._alias(entry["joinaliasvars"], index, number, frame)
        if number > 0 and kind == _GROUP:
            return self._alias(entry["groupexprs"], index, number, frame)
        return frozenset({(index, number)})

    def _alias(self, expressions: list[Node], index: int, number: int, frame: Frame) -> Slots:
        """A column of a join or a group stands for an expression over what is below it."""
        return self.strict(expressions[number - 1], frame) | {(index, number)}


def _union(parts: list[Slots]) -> Slots:
    return frozenset().union(*parts)


def _shared(parts: list[Slots]) -> Slots:
    return parts[0].intersection(*parts[1:])


def _has_elements(node: Node) -> bool:
    array = node["args"][1]
    return (
        array["node"] == "ARRAYEXPR" and array["multidims"] == "false" and bool(array["elements"])
    )
