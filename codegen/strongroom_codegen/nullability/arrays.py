"""Arrays: can an element be NULL, can a slice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom_codegen.nullability import never_null
from strongroom_codegen.nullability.frames import Frame
from strongroom_codegen.nullability.verdict import Verdict, maybe, never
from strongroom_codegen.tree import Node, nodes

if TYPE_CHECKING:
    from strongroom_codegen.nullability.analyzer import Analyzer

# Where an array's own bytes say whether it has a bitmap of NULLs: 0 when it has none.
_BITMAP_OFFSET = slice(8, 12)


def elements(analyzer: Analyzer, array: Node, frame: Frame) -> Verdict:
    """Can an element of an array that is there be NULL."""
    match array["node"]:
        case "RELABELTYPE" | "COLLATEEXPR":
            return elements(analyzer, array["arg"], frame)
        case "ARRAYCOERCEEXPR":
            for node in nodes(array["elemexpr"]):
                if node["node"] == "FUNCEXPR" and not never_null.safe_call(node, analyzer.catalog):
                    return maybe("a cast may make a NULL of an element")
            return elements(analyzer, array["arg"], frame)
        case "ARRAYEXPR" if array["multidims"] == "false":
            return analyzer.any_null(array["elements"] or [], frame, "an array")
        case "PARAM" if array["paramkind"] == "0" and int(array["paramid"]) in analyzer.full_arrays:
            return never("elements of an array that is passed in are not NULL")
        case "CONST" if array["constisnull"] == "false" and array["constbyval"] == "false":
            # Length, the array's bytes in brackets.
            data = [int(byte) for byte in array["constvalue"][2:-1]]
            if not any(data[_BITMAP_OFFSET]):
                return never("a constant without NULL elements")
    return maybe("an element of the array may be NULL")


def subscript(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    """`a[1]` is NULL outside of the array; `a[1:2]` is an empty array there."""
    is_slice = node["reflowerindexpr"] and node["refassgnexpr"] is None
    if not is_slice or not analyzer.catalog.is_array(int(node["refcontainertype"])):
        return maybe("there may be no such element")
    bounds = [*node["reflowerindexpr"], *node["refupperindexpr"]]
    # A bound that is left out stands there as nothing.
    given = [bound for bound in bounds if bound is not None]
    return analyzer.any_null([node["refexpr"], *given], frame, "a slice")
