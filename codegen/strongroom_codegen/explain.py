"""Why each column of a query can or can't be NULL, with the line to look at."""

from __future__ import annotations

import re

from strongroom.errors import UsageError
from strongroom_codegen.diagnostics import did_you_mean
from strongroom_codegen.model import ColumnModel, ProjectModel, QueryModel


def explain_null(model: ProjectModel, name: str, text_of: dict[str, str]) -> str:
    """One paragraph for each column; `text_of` gives the text of each query file."""
    queries = {q.full_name: q for app in model.apps for s in app.subjects for q in s.queries}
    if name not in queries:
        raise UsageError(f'there is no query "{name}"', hint=did_you_mean(name, queries))
    query = queries[name]
    if not query.columns:
        return f"{name} returns no columns"
    width = max(len(column.name) for column in query.columns)
    lines = [f"{query.file}:{query.line}: {name} :{query.kind}"]
    for column in query.columns:
        word = "can be NULL" if column.nullable else "never NULL "
        where = _where(query, column, text_of.get(query.file, ""))
        lines.append(f"  {column.name.ljust(width)}  {word}  {column.reason}{where}")
    return "\n".join(lines)


def _where(query: QueryModel, column: ColumnModel, text: str) -> str:
    """The line of the query that names what the reason is about; a JOIN before anything else."""
    if column.word is None:
        return ""
    lines = text.splitlines()
    found: list[tuple[bool, int]] = []
    for number, line in enumerate(lines[query.line :], query.line + 1):
        if re.match(r"\s*--\s*name\s*:", line):
            break
        code = line.partition("--")[0]
        if re.search(rf"\b{re.escape(column.word)}\b", code):
            found.append(("JOIN" not in code.upper(), number))
    return f" ({query.file}:{min(found)[1]})" if found else ""
