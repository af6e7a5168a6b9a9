"""What the text of a function speaks of, where the server keeps no tree of its body.

A text can be read wrongly (a name in a string, SQL that is put together at run time), so what is
found here is told apart from what the server says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from strongroom_codegen.catalog import Catalog, Function

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_QUALIFIED = re.compile(r"\b([a-z_]\w*)\.([a-z_]\w*)\b")
_AFTER_WORD = re.compile(r"\b(?:from|join|into|update|only|using)\s+([a-z_]\w*)\b(?!\s*[.(])")
_WRITE = re.compile(
    r"\b(insert\s+into|update|delete\s+from|merge\s+into)\s+(?:only\s+)?((?:[a-z_]\w*\.)?[a-z_]\w*)"
)
_EVERY_COLUMN = re.compile(r"(?:\bselect|\breturning|\.)\s*\*")
_EVENTS = {"insert": ("insert",), "update": ("update",), "delete": ("delete",)}


@dataclass(frozen=True, slots=True)
class Mentions:
    """Words of a body: relations and functions by OID, writes as (relation, event)."""

    words: frozenset[str] = frozenset()
    relations: frozenset[int] = frozenset()
    functions: frozenset[int] = frozenset()
    writes: frozenset[tuple[int, str]] = frozenset()
    every_column: bool = False

    def speaks_of(self, relation: int, column: str | None) -> bool:
        """Whether the text names a relation and, where one is given, the column."""
        if relation not in self.relations:
            return False
        return column is None or self.every_column or column.lower() in self.words


@dataclass(slots=True)
class Texts:
    """Reads bodies; the names of the catalogue are looked up once."""

    catalog: Catalog
    _relations: dict[str, set[int]] = field(default_factory=dict)
    _functions: dict[str, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for relation in self.catalog.relations.values():
            if relation.schema not in ("pg_catalog", "information_schema"):
                for name in (relation.full_name, relation.name):
                    self._relations.setdefault(name.lower(), set()).add(relation.oid)
        for function in self.catalog.functions.values():
            if not function.is_builtin:
                for name in (function.full_name, function.name):
                    self._functions.setdefault(name.lower(), set()).add(function.oid)

    def read(self, function: Function) -> Mentions:
        """What a function's text speaks of; nothing where its tree is known."""
        if self.catalog.function_queries(function.oid) or not function.source:
            return Mentions()
        text = _COMMENT.sub(" ", function.source).lower()
        qualified = {f"{schema}.{name}" for schema, name in _QUALIFIED.findall(text)}
        named = qualified | set(_AFTER_WORD.findall(text))
        called = qualified | set(re.findall(r"(?<!\.)\b([a-z_]\w*)\s*\(", text))
        return Mentions(
            words=frozenset(re.findall(r"\w+", text)),
            relations=self._found(self._relations, named),
            functions=self._found(self._functions, called) - {function.oid},
            writes=frozenset(self._writes(text)),
            every_column=bool(_EVERY_COLUMN.search(text)),
        )

    def _writes(self, text: str) -> set[tuple[int, str]]:
        found = set()
        for verb, name in _WRITE.findall(text):
            events = _EVENTS.get(verb.split()[0], ("insert", "update", "delete"))
            for oid in self._relations.get(name, ()):
                found |= {(oid, event) for event in events}
        return found

    def _found(self, known: dict[str, set[int]], names: set[str]) -> frozenset[int]:
        return frozenset(oid for name in names for oid in known.get(name, ()))
