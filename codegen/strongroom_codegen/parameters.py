"""Write `$1` for `:name`, leave out the lines that a call leaves out, and remember where all came
from, so that a position in the SQL sent can be shown in the author's file."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from strongroom_codegen.annotations import AnnotatedQuery
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.lexer import Token, parameter_name
from strongroom_codegen.source import Place, Source

MAX_VARIANTS = 32
AFTER = "after"
_OPTIONAL = re.compile(r"--\?\s*(?P<name>\S*)\s*$")
_SORT = re.compile(r"--@sort\s*$")
# By what it is not, as in the lexer: that compiles at once.
_IN_WORD = re.compile(r"[^\x00-#%-/:-@\[-\^`{-\x7f]")
_ORDER = re.compile(r"(?P<name>[a-z][a-z0-9_]*)\s*:\s*(?P<expressions>\S.*)$")


@dataclass(frozen=True, slots=True)
class Variant:
    """One SQL text of a query: which optional arguments are given, and in which order it sorts.

    `names[n - 1]` is the parameter of `$n`; the page token's `after` may stand there several
    times, once for each column of the key.
    """

    given: tuple[str, ...]
    order: str
    sql: str
    names: tuple[str, ...]
    pieces: tuple[tuple[int, int], ...]
    sent: str = ""
    """What is sent in its place, where the server can't prepare that."""

    def source_offset(self, position: int) -> int:
        """Offset in the author's file of a character of `sql` (both from 0)."""
        sent, origin = 0, 0
        for start, source in self.pieces:
            if start > position:
                break
            sent, origin = start, source
        return origin + (position - sent)


@dataclass(frozen=True, slots=True)
class PreparedQuery:
    """A query with all its SQL texts."""

    query: AnnotatedQuery
    names: tuple[str, ...]
    optional: tuple[str, ...]
    orders: tuple[str, ...]
    first_use: dict[str, Place]
    variants: tuple[Variant, ...]


def prepare(query: AnnotatedQuery, diagnostics: Diagnostics) -> PreparedQuery | None:
    """Every variant of a query; None when something in its text is wrong (and reported)."""
    before = len(diagnostics.found)
    lines = _lines(query.body)
    names, first_use = _names(query, diagnostics)
    optional = _optional(query, lines, names, diagnostics)
    orders = _orders(query, lines, diagnostics)
    check_notes(query, names, diagnostics)
    count = 2 ** len(optional) * max(1, len(orders))
    if count > MAX_VARIANTS:
        diagnostics.error(
            query.place,
            f"this query has {count} variants; {MAX_VARIANTS} is the most",
            "make two queries of it",
        )
    if len(diagnostics.found) > before:
        return None
    variants = []
    for order in orders or ("",):
        for mask in itertools.product((False, True), repeat=len(optional)):
            given = tuple(itertools.compress(optional, mask))
            by = orders.get(order)
            variants.append(_variant(query, lines, names, optional, given, order, by))
    first = {name: query.source.place(offset) for name, offset in first_use.items()}
    return PreparedQuery(
        query, tuple(names), tuple(optional), tuple(orders), first, tuple(variants)
    )


def _names(query: AnnotatedQuery, diagnostics: Diagnostics) -> tuple[list[str], dict[str, int]]:
    first: dict[str, int] = {}
    for token in query.body:
        if token.kind == "parameter":
            first.setdefault(parameter_name(token), token.start)
        elif token.kind == "positional":
            diagnostics.error(
                query.source.place(token.start),
                f"parameters have names, so {token.text} can't be used",
                "write :name",
            )
    return list(first), first


def check_notes(query: AnnotatedQuery, names: list[str], diagnostics: Diagnostics) -> None:
    """Report notes about parameters that the query does not have."""
    for note in query.notes:
        if note.name not in names:
            used = f"; it uses :{', :'.join(names)}" if names else ""
            diagnostics.error(
                note.place,
                f":{note.name} is described, but the query never uses it",
                f"remove the line, or use the parameter{used}",
            )


def _lines(tokens: tuple[Token, ...]) -> list[list[Token]]:
    """The tokens by line; a token that spans lines belongs to the one where it starts."""
    lines: list[list[Token]] = [[]]
    for token in tokens:
        head, newline, rest = token.text.partition("\n")
        if token.kind == "space" and newline:
            lines[-1].append(Token("space", head + newline, token.start))
            lines.append([Token("space", rest, token.start + len(head) + 1)] if rest else [])
        else:
            lines[-1].append(token)
    return lines


def _marker(line: list[Token], pattern: re.Pattern[str]) -> tuple[Token, re.Match[str]] | None:
    for token in line:
        match = pattern.match(token.text) if token.kind == "line_comment" else None
        if match:
            return token, match
    return None


def _optional(
    query: AnnotatedQuery, lines: list[list[Token]], names: list[str], diagnostics: Diagnostics
) -> list[str]:
    found: list[str] = []
    for line in lines:
        marker = _marker(line, _OPTIONAL)
        if marker is None:
            continue
        token, match = marker
        name = match["name"].removeprefix(":")
        if name not in names:
            diagnostics.error(
                query.source.place(token.start),
                f'"--? {name}" names no parameter of this query',
                f"write --? and one of {', '.join(names)}" if names else "remove the mark",
            )
        elif name not in found:
            found.append(name)
    _check_optional(query, lines, found, diagnostics)
    return sorted(found, key=names.index)


def _check_optional(
    query: AnnotatedQuery, lines: list[list[Token]], found: list[str], diagnostics: Diagnostics
) -> None:
    """Report parameters of which only some lines are marked, or only lines of others."""
    kept, left_out = set[str](), dict[str, tuple[Token, str]]()
    for line in lines:
        marker = _marker(line, _OPTIONAL)
        own = marker[1]["name"].removeprefix(":") if marker else None
        for token in line:
            if token.kind != "parameter":
                continue
            name = parameter_name(token)
            if own is None:
                kept.add(name)
            elif name not in found:
                left_out.setdefault(name, (token, own))
            if name in found and name != own:
                diagnostics.error(
                    query.source.place(token.start),
                    f":{name} is optional by --?, but this line needs it without",
                    f"end this line with --? {name}, too, or make two queries",
                )
    for name, (token, own) in left_out.items():
        if name not in kept:
            diagnostics.error(
                query.source.place(token.start),
                f":{name} stands on a line that is left out without :{own}, and nowhere else",
                f"give it a line of its own that ends with --? {name}, or make two queries",
            )
    for note in query.notes:
        if note.name in found and note.default is not None:
            diagnostics.error(
                note.place,
                f":{note.name} is optional by --?, so it can't have a default",
                "remove the default, or the mark at the end of the line",
            )


def _orders(
    query: AnnotatedQuery, lines: list[list[Token]], diagnostics: Diagnostics
) -> dict[str, Token]:
    marked = [marker for line in lines if (marker := _marker(line, _SORT))]
    options = query.all_options("sort")
    orders: dict[str, Token] = {}
    for option in options:
        match = _ORDER.match(option.argument)
        if match is None:
            diagnostics.error(
                option.place, "this names no order", "write: @sort newest: created_at DESC, id DESC"
            )
        elif match["name"] in orders:
            diagnostics.error(
                option.place, f"two orders are named {match['name']}", "rename one of them"
            )
        else:
            # An error in it is shown where its author wrote it.
            start = query.source.text.index(match["expressions"], query.source.offset(option.place))
            orders[match["name"]] = Token("other", match["expressions"], start)
    if options and not marked:
        diagnostics.error(
            options[0].place,
            "@sort names an order, but no line of the query is marked for it",
            "end the line of the ORDER BY with --@sort",
        )
    if marked and (not options or len(marked) > 1):
        diagnostics.error(
            query.source.place(marked[-1][0].start),
            "--@sort needs exactly one ORDER BY line and @sort lines in the comment",
            "write in the comment: @sort newest: created_at DESC, id DESC",
        )
    return orders


def _variant(
    query: AnnotatedQuery,
    lines: list[list[Token]],
    names: list[str],
    optional: list[str],
    given: tuple[str, ...],
    order: str,
    expressions: Token | None,
) -> Variant:
    kept: list[Token] = []
    for line in lines:
        marker = _marker(line, _OPTIONAL)
        if marker and marker[1]["name"].removeprefix(":") not in given:
            continue
        tokens = [token for token in line if not _is_mark(token)]
        if expressions and _marker(line, _SORT):
            tokens = _sorted_line(tokens, expressions)
        kept += _without_trailing_space(tokens, line)
    present = [name for name in names if name not in optional or name in given]
    width = _key_width(kept) if query.kind == "page" else 1
    return _number(kept, present, width, given, order)


def _is_mark(token: Token) -> bool:
    return token.kind == "line_comment" and bool(
        _OPTIONAL.match(token.text) or _SORT.match(token.text)
    )


def _without_trailing_space(tokens: list[Token], line: list[Token]) -> list[Token]:
    """A removed mark leaves no blanks at the end of its line."""
    if len(tokens) == len(line):
        return tokens
    while len(tokens) > 1 and tokens[-1].kind == "space" and tokens[-2].kind == "space":
        tokens = [*tokens[:-2], tokens[-1]]
    return tokens


def _sorted_line(tokens: list[Token], expressions: Token) -> list[Token]:
    """The line up to its BY, then the expressions of the order."""
    by = [n for n, token in enumerate(tokens) if token.text.upper() == "BY"]
    head = tokens[: by[0] + 1] if by else tokens[:1]
    at = head[-1].end if head else 0
    return [*head, Token("space", " ", at), expressions, Token("space", "\n", expressions.end)]


def _key_width(tokens: list[Token]) -> int:
    """How many columns stand on the other side of `< (:after)`."""
    real = [token for token in tokens if not token.is_blank]
    for n, token in enumerate(real):
        if token.kind != "parameter" or parameter_name(token) != AFTER:
            continue
        left = n - 1
        while left >= 0 and real[left].text in ("(", "<", ">", "=", "ROW", "row"):
            left -= 1
        return _list_length(real, left)
    return 1


def _list_length(tokens: list[Token], close: int) -> int:
    if close < 0 or tokens[close].text != ")":
        return 1
    depth, commas = 0, 0
    for token in reversed(tokens[: close + 1]):
        depth += {")": 1, "(": -1}.get(token.text, 0)
        if depth == 0:
            break
        commas += token.text == "," and depth == 1
    return commas + 1


def _number(
    tokens: list[Token], present: list[str], width: int, given: tuple[str, ...], order: str
) -> Variant:
    slots = [name for name in present for _ in range(width if name == AFTER else 1)]
    sql: list[str] = []
    pieces: list[tuple[int, int]] = []
    length = 0
    after_parameter = False
    for token in tokens:
        text = token.text
        # `LIMIT:n` and `:'n'AS` need no blank, `LIMIT$1` and `$1AS` do.
        if token.kind == "parameter":
            name = parameter_name(token)
            first = slots.index(name) + 1
            text = ", ".join(f"${first + n}" for n in range(slots.count(name)))
            glued = after_parameter or _is_word_end(sql)
        else:
            glued = after_parameter and _IN_WORD.match(text) is not None
        after_parameter = token.kind == "parameter"
        if glued:
            sql.append(" ")
            length += 1
        pieces.append((length, token.start))
        sql.append(text)
        length += len(text)
    return Variant(given, order, "".join(sql).rstrip(), tuple(slots), tuple(pieces))


def _is_word_end(parts: list[str]) -> bool:
    return bool(parts) and _IN_WORD.match(parts[-1][-1:]) is not None


def place_of(source: Source, variant: Variant, position: int) -> Place:
    """Where the server's position (from 1) in the SQL of a variant stands in the file."""
    return source.place(variant.source_offset(position - 1))
