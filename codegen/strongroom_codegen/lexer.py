"""PostgreSQL's lexical rules, as far as finding `:name` needs them.

Strings (plain, E'', U&''), quoted names, dollar quotes, nested comments and casts are told apart,
so a colon inside any of them is never taken for a parameter.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Kind = Literal[
    "space", "line_comment", "block_comment", "string", "quoted", "parameter", "positional",
    "word", "number", "other",
]  # fmt: skip

# A string goes on after a line break, as the same kind of string: that is standard SQL.
_GAP = r"""[ \t\f\v]*(?:--[^\n\r]*)?[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*"""
# What PostgreSQL reads otherwise is no parameter: `:e'text'` is a string, `:a$b$` a name.
# Letters, the underscore and all beyond ASCII; written by what they are not, for a range up to
# U+10FFFF takes 24 ms to compile, longer than all else that a short run imports.
_FIRST = r"[^\x00-@\[-\^`{-\x7f]"
_LATER = r"[^\x00-/:-@\[-\^`{-\x7f]"
_NAME = rf"{_FIRST}{_LATER}*"
_WORD = rf"{_FIRST}[^\x00-#%-/:-@\[-\^`{{-\x7f]*"
# Nothing here is possessive: the Python 3.11.2 of Debian 12 loses what groups behind that hold.
_TOKEN = re.compile(
    rf"""
      (?P<space>[ \t\n\r\f\v]+)
    | (?P<line_comment>--[^\n\r]*)
    | (?P<block_comment>/\*)
    | (?P<escape_string>[eE]'(?:[^'\\]+|''|\\.|'{_GAP}')*(?P<escape_end>')?)
    | (?P<bits>[bBxX]'(?:[^']+|'{_GAP}')*(?P<bits_end>')?)
    | (?P<string>(?:[uU]&|[nN])?'(?:[^']+|''|'{_GAP}')*(?P<string_end>')?)
    | (?P<quoted>(?:[uU]&)?"(?:[^"]+|"")*(?P<quoted_end>")?)
    | (?P<dollar>\$(?:{_NAME})?\$)
    | (?P<positional>\$[0-9]+)
    | (?P<cast>::|:=)
    | (?P<parameter>:(?:(?![uU]&['"]){_NAME}(?!{_LATER}|['$])|'{_NAME}'(?!')))
    | (?P<word>{_WORD})
    | (?P<number>[0-9][A-Za-z_0-9]*)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_MARK = re.compile(r"/\*|\*/")
_ENDS = {
    "escape_string": "escape_end",
    "bits": "bits_end",
    "string": "string_end",
    "quoted": "quoted_end",
}
_NEEDS_A_LOOK = frozenset({*_ENDS, "block_comment", "dollar"})
_KINDS: dict[str, Kind] = {
    "space": "space",
    "line_comment": "line_comment",
    "escape_string": "string",
    "bits": "string",
    "string": "string",
    "quoted": "quoted",
    "positional": "positional",
    "cast": "other",
    "parameter": "parameter",
    "word": "word",
    "number": "number",
    "other": "other",
}


class Token(NamedTuple):
    """A piece of SQL and where it stands in its file (offsets from 0, end excluded)."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def is_blank(self) -> bool:
        """Means nothing to PostgreSQL: white space or a comment."""
        return self.kind in ("space", "line_comment", "block_comment")


class UnterminatedError(Exception):
    """A string, quoted name, dollar quote or comment that never ends."""

    def __init__(self, what: str, offset: int) -> None:
        super().__init__(what)
        self.what = what
        self.offset = offset


def tokenize(text: str) -> list[Token]:
    """Cut SQL into tokens; joined together again they give the same text.

    Raises UnterminatedError.
    """
    tokens: list[Token] = []
    position, length = 0, len(text)
    while position < length:
        match = _TOKEN.match(text, position)
        # The last group that closed is the outermost one: the kind.
        name = match.lastgroup if match else None
        if match is None or name is None:
            raise AssertionError(f"no token at {position}")
        if name in _NEEDS_A_LOOK:
            token = _quoted(text, position, match, name)
        else:
            token = Token(_KINDS[name], match[0], position)
        tokens.append(token)
        position += len(token.text)
    return tokens


def parameter_name(token: Token) -> str:
    """`:name` and `:'name'` mean the same parameter."""
    return token.text[1:].strip("'")


def _quoted(text: str, position: int, match: re.Match[str], name: str) -> Token:
    """A token of which the pattern finds the beginning, but not surely the end."""
    if name == "block_comment":
        return Token("block_comment", text[position : _comment_end(text, position)], position)
    if name == "dollar":
        end = text.find(match[0], match.end())
        if end < 0:
            raise UnterminatedError(f"string {match[0]}", position)
        return Token("string", text[position : end + len(match[0])], position)
    if match[_ENDS[name]] is None:
        what = "quoted name" if name == "quoted" else "string"
        raise UnterminatedError(what, position)
    return Token(_KINDS[name], match[0], position)


def _comment_end(text: str, start: int) -> int:
    depth = 0
    # Marks don't overlap: `/*/` opens once, and `*/*` closes.
    for mark in _COMMENT_MARK.finditer(text, start):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    raise UnterminatedError("comment", start)
