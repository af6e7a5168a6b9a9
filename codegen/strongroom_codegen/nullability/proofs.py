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

_NOTHING: frozenset[Slot] = frozenset()
_PASS_THROUGH = frozenset(
    {"RELABELTYPE", "COERCEVIAIO", "ARRAYCOERCEEXPR", "COLLATEEXPR", "COERCETODOMAIN"}
)
_JOIN, _GROUP = 2, 9
_ANY_SUBLINK = "2"
# IS TRUE, IS FALSE, IS NOT UNKNOWN
_KNOWING_TESTS = frozenset({"0", "2", "5"})


@dataclass(frozen=True, slots=True)
class Proofs:
    """The rules, which need to know what functions are strict."""

    catalog: Catalog

    def proven(self, condition: Node, frame: Frame) -> frozenset[Slot]:
        """Columns that can't be NULL in a row for which the condition is true."""
        match condition["node"]:
            case "BOOLEXPR":
                return self._boolean(condition, frame)
            case "NULLTEST":
                is_not_null = condition["nulltesttype"] == "1"
                return self.strict(condition["arg"], frame) if is_not_null else _NOTHING
            case "BOOLEANTEST":
                knows = condition["booltesttype"] in _KNOWING_TESTS
                return self.strict(condition["arg"], frame) if knows else _NOTHING
            case "SCALARARRAYOPEXPR":
                if condition["useOr"] == "true":
                    return self._call(condition["opfuncid"], condition, frame)
                return self.strict(condition, frame)
            case "ROWCOMPAREEXPR":
                # Later pairs matter only where the first ones are equal.
                left = self.strict(condition["largs"][0], frame)
                return left | self.strict(condition["rargs"][0], frame)
            case "SUBLINK":
                is_any = condition["subLinkType"] == _ANY_SUBLINK
                return self.proven(condition["testexpr"], frame) if is_any else _NOTHING
            case _:
                return self.strict(condition, frame)

    def strict(self, node: Node, frame: Frame) -> frozenset[Slot]:
        """Columns that make the whole expression NULL when they are."""
        label = node["node"]
        if label == "VAR":
            return self._variable(node, frame)
        if label in _PASS_THROUGH:
            return self.strict(node["arg"], frame)
        if label == "BOOLEXPR" and node["boolop"] == "not":
            return self.strict(node["args"][0], frame)
        # Of an empty array ANY is false and ALL is true, whatever stands on the left.
        if label == "OPEXPR" or (label == "SCALARARRAYOPEXPR" and _has_elements(node)):
            return self._call(node["opfuncid"], node, frame)
        if label == "FUNCEXPR" and node["funcretset"] == "false":
            return self._call(node["funcid"], node, frame)
        return _NOTHING

    def _call(self, function: str, node: Node, frame: Frame) -> frozenset[Slot]:
        known = self.catalog.functions.get(int(function))
        if known is None or not known.strict:
            return _NOTHING
        return frozenset().union(*(self.strict(arg, frame) for arg in node["args"] or []))

    def _boolean(self, node: Node, frame: Frame) -> frozenset[Slot]:
        if node["boolop"] == "not":
            return self.strict(node["args"][0], frame)
        parts = [self.proven(arg, frame) for arg in node["args"]]
        if node["boolop"] == "and":
            return frozenset().union(*parts)
        return parts[0].intersection(*parts[1:])

    def _variable(self, node: Node, frame: Frame) -> frozenset[Slot]:
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

    def _alias(
        self, expressions: list[Node], index: int, number: int, frame: Frame
    ) -> frozenset[Slot]:
        """A column of a join or a group stands for an expression over what is below it."""
        return self.strict(expressions[number - 1], frame) | {(index, number)}


def _has_elements(node: Node) -> bool:
    array = node["args"][1]
    return array["node"] == "ARRAYEXPR" and bool(array["elements"])
