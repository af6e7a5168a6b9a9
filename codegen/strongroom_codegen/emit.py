"""The model as JSON, for other tools."""

from __future__ import annotations

import json
from typing import Any

from strongroom_codegen.model import AppModel, ProjectModel, QueryModel
from strongroom_codegen.sealed_names import OpenedColumn, SealedArgument


def emit_json(model: ProjectModel) -> str:
    """`{"queries": [...], "functions": [...], "types": [...]}`, in the order of names."""
    found = [q for app in model.apps for s in app.subjects for q in s.queries]
    queries = sorted(found, key=lambda q: q.full_name)
    document = {
        "queries": [_query(query) for query in queries if query.routine is None],
        "functions": [
            {"function": query.routine, **_query(query)} for query in queries if query.routine
        ],
        "types": [entry for app in model.apps for entry in _types(app)],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _query(query: QueryModel) -> dict[str, Any]:
    complete = max(query.variants, key=lambda variant: len(variant.given))
    return {
        "name": query.full_name,
        "kind": query.kind,
        "file": query.file,
        "line": query.line,
        "sql": complete.sql,
        "parameters": [
            {
                "name": p.source,
                "type": p.pg_type,
                "nullable": p.nullable,
                "python": p.type.text(),
                "default": p.default,
                "optional": p.optional,
                **_sealed(query.sealed.parameters.get(p.source)),
            }
            for p in query.parameters
            if not p.beside
        ],
        "columns": [
            {
                "name": c.name,
                "type": c.pg_type,
                "nullable": c.nullable,
                "reason": c.reason,
                "python": c.type.text(),
                **_sealed(query.sealed.results.get(number)),
            }
            for number, c in enumerate(query.columns)
        ],
        "item": query.item,
        "each": [p.source for p in query.each],
        "reads": list(query.reads),
        "writes": list(query.writes),
        "uses": [
            {
                "relation": use.relation,
                "access": use.access,
                "columns": list(use.columns),
                "through": [str(step) for step in use.through],
            }
            for use in query.uses
        ],
        "calls": sorted({call.function for call in query.calls}),
        "role": query.role,
        "at_most_one": query.at_most_one,
        "raises": list(query.raises),
    }


def _sealed(use: SealedArgument | OpenedColumn | None) -> dict[str, Any]:
    """Which sealed column a value is of, or which it is a blind index of."""
    if use is None:
        return {}
    kind = "blind" if use.column.of else "sealed"
    what = {"column": use.column.full_name, "label": use.column.label, "key": use.column.purpose}
    return {kind: what}


def _types(app: AppModel) -> list[dict[str, Any]]:
    literals = [
        {"app": app.name, "name": t.name, "kind": "literal", "values": list(t.values)}
        for t in app.literals
    ]
    shapes = [
        {
            "app": app.name,
            "name": shape.name,
            "kind": kind,
            "fields": [
                {"name": f.name, "python": f.type.text(), "nullable": f.nullable}
                for f in shape.fields
            ],
        }
        for kind, shapes in (
            ("json", app.models),
            ("composite", app.composites),
            ("row", app.rows),
        )
        for shape in shapes
    ]
    return [*literals, *shapes]
