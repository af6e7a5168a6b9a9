"""The model as JSON, for other tools."""

from __future__ import annotations

import json
from typing import Any

from strongroom_codegen.model import AppModel, ProjectModel, QueryModel


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
            }
            for p in query.parameters
        ],
        "columns": [
            {
                "name": c.name,
                "type": c.pg_type,
                "nullable": c.nullable,
                "reason": c.reason,
                "python": c.type.text(),
            }
            for c in query.columns
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
