"""A pgTAP file as text: its statements, whether it rolls back, and where an assertion stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_TOKEN = re.compile(
    r"""
    (?P<comment> --[^\n]* )
  | (?P<block>   /\* )
  | (?P<dollar>  (?<![\w$]) \$ (?:[A-Za-z_]\w*)? \$ )
  | (?P<quoted>  (?<!\w)[eE]'(?: [^'\\] | \\. | '' )*' | '(?: [^'] | '' )*' | "(?: [^"] | "" )*" )
  | (?P<meta>    \\[^\n]* )
  | (?P<end>     ; )
  | (?P<code>    \w+ | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_COPY_DATA = re.compile(r"^COPY\b.*\bFROM\s+STDIN\b", re.IGNORECASE | re.DOTALL)
_BEGIN = re.compile(r"^(BEGIN|START\s+TRANSACTION)\b", re.IGNORECASE)
_BEGIN_ATOMIC = re.compile(r"\bBEGIN\s+ATOMIC\b", re.IGNORECASE)
_ROLLBACK = re.compile(r"^(ROLLBACK|ABORT)(\s+(WORK|TRANSACTION))?$", re.IGNORECASE)
_END = re.compile(r"^END\b", re.IGNORECASE)
_COMMIT = re.compile(r"^(COMMIT|END|PREPARE\s+TRANSACTION)\b", re.IGNORECASE)
# Meta commands after which psql's count of statements differs from that of the file.
_UNCOUNTED = re.compile(r"^\\(g|i|if|elif|else|endif|;|bind|parse|watch|crosstabview|copy|c\b)")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: first and last line (from 1), and its code without comments and strings."""

    first: int
    last: int
    code: str


@dataclass(frozen=True)
class Script:
    """A pgTAP file."""

    path: Path
    text: str

    @cached_property
    def _parts(self) -> tuple[list[Statement], list[str]]:
        return _split(self.text)

    @property
    def statements(self) -> list[Statement]:
        return self._parts[0]

    @property
    def can_count(self) -> bool:
        """Whether the n-th statement that psql runs is the n-th of the file."""
        return not any(_UNCOUNTED.match(meta) for meta in self._parts[1])

    def refusal(self) -> str | None:
        """Why the file may not run: it has to begin with BEGIN and end with ROLLBACK."""
        if not self.statements:
            return "the file holds no statement"
        first, last = self.statements[0], self.statements[-1]
        if not _BEGIN.match(first.code):
            return f"line {first.first}: the first statement must be BEGIN"
        if not _ROLLBACK.match(last.code):
            return f"line {last.first}: the last statement must be ROLLBACK"
        return self._commits()

    def _commits(self) -> str | None:
        inside = in_function = False
        for statement in self.statements:
            if in_function or _BEGIN_ATOMIC.search(statement.code):
                in_function = not _END.match(statement.code)
            elif _COMMIT.match(statement.code):
                return f"line {statement.first}: the file must not commit"
            elif _ROLLBACK.match(statement.code):
                inside = False
            elif not inside and not _BEGIN.match(statement.code):
                return f"line {statement.first}: outside of a transaction"
            else:
                inside = True
        return None

    def line_of(self, description: str, statement: int | None) -> int | None:
        """The line of an assertion: of its description, else of the statement that printed it."""
        if statement is None or statement >= len(self.statements):
            return self._find(description, 1, self.text.count("\n") + 1)
        found = self.statements[statement]
        return self._find(description, found.first, found.last) or found.first

    def _find(self, description: str, first: int, last: int) -> int | None:
        wanted = description.replace("'", "''")
        if not wanted:
            return None
        lines = self.text.splitlines()[first - 1 : last]
        quoted = [n for n, line in enumerate(lines, first) if f"'{wanted}'" in line]
        plain = [n for n, line in enumerate(lines, first) if wanted in line or description in line]
        return next(iter(quoted or plain), None)


def read(path: Path) -> Script:
    """Read a pgTAP file."""
    return Script(path, path.read_text(encoding="utf-8"))


def _split(text: str) -> tuple[list[Statement], list[str]]:
    statements: list[Statement] = []
    metas: list[str] = []
    code: list[str] = []
    start = position = 0
    while token := _TOKEN.match(text, position):
        kind, position = token.lastgroup, token.end()
        if kind == "code" and not code and token[0].isspace():
            continue
        if kind in {"code", "quoted", "dollar"} and not code:
            start = token.start()
        if kind == "code":
            code.append(token[0])
        elif kind == "quoted":
            code.append("''")
        elif kind == "dollar":
            position = _after(text, token[0], position)
            code.append("''")
        elif kind == "block":
            position = _after_comment(text, position)
            code.extend(" " if code else "")
        elif kind == "meta":
            metas.append(token[0])
        if code and (kind == "end" or (kind == "meta" and token[0].startswith("\\g"))):
            statements.append(_statement(text, start, token.start(), code))
            if _COPY_DATA.match(statements[-1].code):
                position = _after(text, "\n\\.\n", position)
            code = []
    if "".join(code).strip():
        statements.append(_statement(text, start, len(text), code))
    return statements, metas


def _statement(text: str, start: int, end: int, code: list[str]) -> Statement:
    first = text.count("\n", 0, start) + 1
    return Statement(first, first + text.count("\n", start, end), "".join(code).strip())


def _after(text: str, mark: str, position: int) -> int:
    found = text.find(mark, position)
    return len(text) if found < 0 else found + len(mark)


def _after_comment(text: str, position: int) -> int:
    depth = 1
    for mark in re.compile(r"/\*|\*/").finditer(text, position):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(text)
