"""Every kind of node that a server's trees hold has been looked at; a new server needs a look."""

from __future__ import annotations

from strongroom_codegen.describe import Refusal, describe
from strongroom_codegen.nullability.expressions import RULES
from strongroom_codegen.tree import nodes, parse_tree
from tests.python.codegen.cases import read_cases
from tests.python.codegen.oracle import Shop

LOOKED_AT = frozenset({15, 16, 17, 18})
# Parts of a query, which no rule is asked about.
STRUCTURE = frozenset(
    {
        "QUERY",
        "TARGETENTRY",
        "RANGETBLENTRY",
        "RANGETBLFUNCTION",
        "RANGETBLREF",
        "RTEPERMISSIONINFO",
        "ALIAS",
        "FROMEXPR",
        "JOINEXPR",
        "ONCONFLICTEXPR",
        "INFERENCEELEM",
        "MERGEACTION",
        "COMMONTABLEEXPR",
        "CTESEARCHCLAUSE",
        "CTECYCLECLAUSE",
        "SETOPERATIONSTMT",
        "SORTGROUPCLAUSE",
        "GROUPINGSET",
        "WINDOWCLAUSE",
        "ROWMARKCLAUSE",
        "CASEWHEN",
        "TABLEFUNC",
        "TABLESAMPLECLAUSE",
        "JSONBEHAVIOR",
        "JSONFORMAT",
        "JSONRETURNING",
        "JSONTABLEPATH",
        "JSONTABLEPATHSCAN",
        "JSONTABLESIBLINGJOIN",
    }
)
# Expressions without a rule: they may be NULL, or stand where nobody asks.
NULLABLE = frozenset({"CASETESTEXPR", "COERCETODOMAINVALUE", "SETTODEFAULT", "XMLEXPR"})


def test_somebody_looked_at_this_server(shop: Shop) -> None:
    assert shop[1].server_version in LOOKED_AT, (
        "compare nodes/primnodes.h and nodes/parsenodes.h with those of the version before: each"
        " new node and each new field of one that has a rule; then add the version"
    )


def test_every_node_is_known(shop: Shop) -> None:
    connection, catalog = shop
    found: set[str] = set()
    trees = """
        SELECT ev_action::text FROM pg_catalog.pg_rewrite
        UNION ALL SELECT ev_qual::text FROM pg_catalog.pg_rewrite WHERE ev_qual <> '<>'
        UNION ALL SELECT prosqlbody::text FROM pg_catalog.pg_proc WHERE prosqlbody IS NOT NULL
        UNION ALL SELECT conbin::text FROM pg_catalog.pg_constraint WHERE conbin IS NOT NULL
        UNION ALL SELECT adbin::text FROM pg_catalog.pg_attrdef
    """
    for (text,) in connection.execute(trees).fetchall():
        found |= {node["node"] for node in nodes(parse_tree(text))}
    for case in read_cases():
        if case.needs > catalog.server_version:
            continue
        described = describe(connection, catalog, case.prepared.variants[0])
        assert not isinstance(described, Refusal), case.name
        found |= {node["node"] for node in nodes(described.query)}
    unknown = sorted(found - STRUCTURE - NULLABLE - RULES.keys())
    assert unknown == [], " ".join(unknown)
