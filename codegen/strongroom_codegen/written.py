"""What PostgreSQL writes to when a statement writes to a view."""

from __future__ import annotations

from strongroom_codegen.catalog import Catalog
from strongroom_codegen.tree import Node

_TABLE = "0"


def is_replaced(
    catalog: Catalog, relation: int, command: int, *, by_triggers: bool = False
) -> bool:
    """A rule (on request also a trigger) runs instead of a command, on a view or on what is below.

    RETURNING then shows what that says.
    """
    found = catalog.relations.get(relation)
    if found is None:
        return False
    if command in found.replaced:
        return True
    if catalog.instead_triggers(relation):
        return by_triggers
    below = base(catalog, relation)
    return below is not None and is_replaced(catalog, below[2], command, by_triggers=by_triggers)


def base(catalog: Catalog, relation: int) -> tuple[Node, int, int] | None:
    """A view that reads one relation: its query, the relation's place in it, the relation.

    Which views of that form it writes through, the server checks itself.
    """
    found = catalog.relations.get(relation)
    view = catalog.view_query(relation) if found and found.kind == "v" else None
    items = ((view["jointree"] or {}).get("fromlist") or []) if view else []
    if view is None or view["setOperations"] or len(items) != 1:
        return None
    if items[0]["node"] != "RANGETBLREF":
        return None
    index = int(items[0]["rtindex"])
    entry = view["rtable"][index - 1]
    return (view, index, int(entry["relid"])) if entry["rtekind"] == _TABLE else None


def stored_column(catalog: Catalog, relation: int, number: int, command: int) -> tuple[int, int]:
    """The column of a table that is written to under the name of a view's, where one is."""
    below = base(catalog, relation)
    if below is None or is_replaced(catalog, relation, command, by_triggers=True):
        return relation, number
    view, index, table = below
    targets = [entry for entry in view["targetList"] if entry["resjunk"] == "false"]
    column = targets[number - 1]["expr"] if 0 < number <= len(targets) else None
    if column is None or column["node"] != "VAR" or int(column["varno"]) != index:
        return relation, number
    return stored_column(catalog, table, int(column["varattno"]), command)
