"""`COPY table (a, b) FROM STDIN`: PostgreSQL can't prepare it, so it is asked for an INSERT."""

from __future__ import annotations

from strongroom_codegen.annotations import AnnotatedQuery
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.lexer import Token
from strongroom_codegen.parameters import PreparedQuery, Variant, check_notes

_HINT = "write: COPY schema.table (column, column) FROM STDIN; the rest is up to the generator"
_LISTED = " ("


def prepare_copy(query: AnnotatedQuery, diagnostics: Diagnostics) -> PreparedQuery | None:
    """The COPY, with its columns as parameters, and the INSERT that the server checks for it."""
    words = [token for token in query.body if not token.is_blank]
    table, columns, rest = _parts(words)
    if not table or not columns or [t.text.upper() for t in rest] != ["FROM", "STDIN"]:
        diagnostics.error(query.place, "this is no COPY that items can be sent to", _HINT)
        return None
    names = [_name(token) for token in columns]
    before = len(diagnostics.found)
    check_notes(query, names, diagnostics)
    if len(diagnostics.found) > before:
        return None
    # COPY may fill a column GENERATED ALWAYS AS IDENTITY.
    pieces, sql = [(0, table[0].start)], "INSERT INTO "
    for token in table:
        pieces.append((len(sql), token.start))
        sql += token.text
    sent = f"COPY {''.join(token.text for token in table)}{_LISTED}"
    sql += _LISTED
    for number, token in enumerate(columns):
        comma = ", " if number else ""
        pieces.append((len(sql) + len(comma), token.start))
        sql += comma + token.text
        sent += comma + token.text
    values = ", ".join(f"${number}" for number in range(1, len(names) + 1))
    sql += f") OVERRIDING SYSTEM VALUE VALUES ({values})"
    sent += ") FROM STDIN (FORMAT BINARY)"
    first = {n: query.source.place(t.start) for n, t in zip(names, columns, strict=True)}
    variant = Variant((), "", sql, tuple(names), tuple(pieces), sent)
    return PreparedQuery(query, tuple(names), (), (), first, (variant,))


def _parts(words: list[Token]) -> tuple[list[Token], list[Token], list[Token]]:
    """The name of the table, the columns, and what follows the columns."""
    texts = [token.text for token in words]
    if not words or texts[0].upper() != "COPY" or "(" not in texts or ")" not in texts:
        return [], [], []
    start, end = texts.index("("), texts.index(")")
    inner = words[start + 1 : end]
    columns = [token for n, token in enumerate(inner) if n % 2 == 0]
    commas = [token.text for n, token in enumerate(inner) if n % 2]
    if set(commas) - {","} or any(token.kind not in ("word", "quoted") for token in columns):
        return [], [], []
    return words[1:start], columns, words[end + 1 :]


def _name(token: Token) -> str:
    if token.kind == "quoted":
        return token.text[1:-1].replace('""', '"')
    return token.text.lower()
