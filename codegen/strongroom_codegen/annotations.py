"""Read what the comment over each query says: name, kind, docstring, parameters, options."""

from __future__ import annotations

import itertools
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from strongroom_codegen.diagnostics import Diagnostics, did_you_mean
from strongroom_codegen.lexer import Token, UnterminatedError, tokenize
from strongroom_codegen.read import QueryFile
from strongroom_codegen.source import Place, Source
from strongroom_codegen.statements import refusal, statement_end

Kind = Literal[
    "one", "maybe", "many", "page", "stream", "exec", "rowcount", "batch", "bulk", "copy"
]
KINDS: tuple[str, ...] = get_args(Kind)
_ELSEWHERE = {
    "execrows": "rowcount",
    "execresult": "rowcount",
    "affected": "rowcount",
    "opt": "maybe",
    "optional": "maybe",
    "single": "one",
    "all": "many",
    "list": "many",
    "execute": "exec",
    "iter": "stream",
    "cursor": "stream",
    "server_cursor": "stream",
    "batchexec": "batch",
    "batchone": "batch",
    "batchmany": "batch",
    "executemany": "batch",
    "execmany": "batch",
    "insertmany": "bulk",
    "unnest": "bulk",
    "copyfrom": "copy",
}
_NAME = re.compile(r"--\s*name\s*:\s*(?P<rest>.*)$")
_HEAD = re.compile(r"(?P<name>\S+)(?:\s+(?P<kind>\S+))?(?P<extra>\s+\S.*)?$")
_PARAMETER = re.compile(
    r":(?P<name>[^\W\d]\w*)(?P<null>\?)?(?:\s*=\s*(?P<default>'(?:[^']|'')*'|\S+(?: \S+)*))?"
    r"(?:\s+(?P<doc>\S.*))?$"
)
_OPTION = re.compile(r"@(?P<name>\w+)(?:\s+(?P<argument>.*\S))?\s*$")
OPTIONS = frozenset(
    {
        *("nonnull", "nullable", "timeout", "role", "requires", "deprecated", "identity", "sort"),
        *("like", "fetch", "chunk", "lint"),
    }
)
_REPEATABLE = frozenset({"nonnull", "nullable", "sort", "like", "lint"})


@dataclass(frozen=True, slots=True)
class ParameterNote:
    """A `:name` line of the comment."""

    name: str
    doc: str
    default: str | None
    allows_null: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Option:
    """A `@name argument` line of the comment."""

    name: str
    argument: str
    place: Place


@dataclass(frozen=True, slots=True)
class ApiRoutine:
    """Of a query that was made to call a function: which one, and what its text can't say.

    `always_one`: the call gives one row whatever happens. `variadic`: the parameter that takes any
    number of values; with `may_be_empty`, none unless it is given.
    """

    oid: int
    signature: str
    always_one: bool
    variadic: str | None
    may_be_empty: bool


@dataclass(frozen=True, slots=True)
class AnnotatedQuery:
    """One query as its author wrote it; with `routine`, one that was made from an @api tag."""

    app: str
    subject: str
    name: str
    kind: Kind
    doc: str
    notes: tuple[ParameterNote, ...]
    options: tuple[Option, ...]
    source: Source
    place: Place
    body: tuple[Token, ...]
    routine: ApiRoutine | None = None

    @property
    def full_name(self) -> str:
        return f"{self.app}.{self.name}"

    def option(self, name: str) -> Option | None:
        return next((option for option in self.options if option.name == name), None)

    def all_options(self, name: str) -> list[Option]:
        return [option for option in self.options if option.name == name]


@dataclass(frozen=True, slots=True)
class AnnotatedFile:
    """A query file, parsed: the comment that opens it, and its queries."""

    app: str
    subject: str
    source: Source
    doc: str
    queries: tuple[AnnotatedQuery, ...]


def parse_file(file: QueryFile, diagnostics: Diagnostics) -> AnnotatedFile:
    """Cut a file into its queries; what can't be understood is reported and left out."""
    source = file.source
    try:
        tokens = tokenize(source.text)
    except UnterminatedError as error:
        diagnostics.error(source.place(error.offset), f"this {error.what} never ends")
        # What stands before the query that it is in can be looked at all the same.
        tokens = tokenize(source.text[: error.offset])
        heads = [n for n, token in enumerate(tokens) if _is_head(source, token)]
        tokens = tokens[: heads[-1]] if len(heads) > 1 else []
        if not tokens:
            return AnnotatedFile(file.app, file.subject, source, "", ())
    heads = [n for n, token in enumerate(tokens) if _is_head(source, token)]
    first = heads[0] if heads else len(tokens)
    before = tokens[:first]
    _check_opening(source, before, diagnostics, is_all=not heads)
    queries = []
    for start, end in itertools.pairwise([*heads, len(tokens)]):
        query = _parse_query(file, tokens[start:end], diagnostics)
        if query:
            queries.append(query)
    doc = "\n".join(_comment_text(t) for t in before if t.kind == "line_comment").strip()
    return AnnotatedFile(file.app, file.subject, source, doc, tuple(queries))


def _check_opening(
    source: Source, tokens: list[Token], diagnostics: Diagnostics, *, is_all: bool
) -> None:
    """Before the first query a file holds comments alone, and after them a query."""
    sql = next((token for token in tokens if not token.is_blank), None)
    if sql:
        diagnostics.error(
            source.place(sql.start),
            "SQL before the first query of the file",
            "start each query with a line: -- name: query_name :kind",
        )
    elif is_all:
        diagnostics.error(
            source.place(0),
            "no query in this file",
            "start one with a line: -- name: query_name :kind, or delete the file",
        )


def _is_head(source: Source, token: Token) -> bool:
    if token.kind != "line_comment" or not _NAME.match(token.text):
        return False
    line_start = source.text.rfind("\n", 0, token.start) + 1
    return not source.text[line_start : token.start].strip()


def _comment_text(token: Token) -> str:
    return token.text[2:].removeprefix(" ").rstrip()


def _parse_query(
    file: QueryFile, tokens: list[Token], diagnostics: Diagnostics
) -> AnnotatedQuery | None:
    source = file.source
    place = source.place(tokens[0].start)
    named = _parse_head(source, tokens[0], diagnostics)
    count = _header_length(tokens)
    header = [t for t in tokens[1:count] if t.kind == "line_comment"]
    doc, notes, options = _parse_header(source, header, diagnostics)
    body = _trim(source, tokens[count:], place, diagnostics)
    if named is None or body is None:
        return None
    name, kind = named
    refused = refusal(body, kind)
    if refused:
        diagnostics.error(source.place(body[0].start), *refused)
        return None
    return AnnotatedQuery(
        app=file.app,
        subject=file.subject,
        name=name,
        kind=kind,
        doc=doc,
        notes=tuple(notes),
        options=tuple(options),
        source=source,
        place=place,
        body=tuple(body),
    )


def _header_length(tokens: list[Token]) -> int:
    """The comment ends at the first empty line or at the first SQL."""
    for number, token in enumerate(tokens):
        if not token.is_blank or token.kind == "block_comment" or token.text.count("\n") > 1:
            return number
    return len(tokens)


def _parse_head(source: Source, token: Token, diagnostics: Diagnostics) -> tuple[str, Kind] | None:
    match = _NAME.match(token.text)
    rest = match["rest"].strip() if match else ""
    at = source.place(token.start)
    head = _HEAD.match(rest)
    if head is None or head["kind"] is None or head["extra"]:
        diagnostics.error(
            at,
            "the line that starts a query has a name and a kind, nothing else",
            "write: -- name: query_name :many",
        )
        return None
    name, kind = head["name"], head["kind"].removeprefix(":")
    name_at = source.place(token.start + token.text.index(name))
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        diagnostics.error(
            name_at,
            f'"{name}" can\'t be the name of a query',
            "use lower-case letters, digits and underscores, and no word of Python's",
        )
        return None
    if kind not in KINDS or not head["kind"].startswith(":"):
        kind_at = source.place(token.start + token.text.rindex(head["kind"]))
        known = [f":{k}" for k in KINDS]
        instead = _ELSEWHERE.get(kind)
        hint = f"did you mean :{instead}?" if instead else did_you_mean(f":{kind}", known)
        diagnostics.error(kind_at, f'"{head["kind"]}" is no kind of query', hint)
        return None
    return name, next(k for k in get_args(Kind) if k == kind)


def _parse_header(
    source: Source, comments: list[Token], diagnostics: Diagnostics
) -> tuple[str, list[ParameterNote], list[Option]]:
    doc: list[str] = []
    notes: list[ParameterNote] = []
    options: list[Option] = []
    for token in comments:
        text = _comment_text(token)
        start = token.start + len(token.text) - len(token.text[2:].lstrip())
        place = source.place(start)
        if text.lstrip().startswith(":"):
            note = parse_note(text.strip(), place, diagnostics)
            if note and any(other.name == note.name for other in notes):
                diagnostics.error(place, f":{note.name} is described twice", "remove one line")
            elif note:
                notes.append(note)
        elif text.lstrip().startswith("@"):
            options += _parse_option(text.strip(), place, options, diagnostics)
        else:
            doc.append(text)
    return "\n".join(doc).strip(), notes, options


def parse_note(text: str, place: Place, diagnostics: Diagnostics) -> ParameterNote | None:
    """Read a `:name` line; None when it is none (reported)."""
    match = _PARAMETER.match(text)
    if match is None:
        diagnostics.error(
            place, "this line describes no parameter", "write: -- :name  what it means"
        )
        return None
    return ParameterNote(
        match["name"], (match["doc"] or "").strip(), match["default"], bool(match["null"]), place
    )


def _parse_option(
    text: str, place: Place, before: list[Option], diagnostics: Diagnostics
) -> Iterator[Option]:
    match = _OPTION.match(text)
    name = match["name"] if match else text[1:].split(" ")[0]
    if match is None or name not in OPTIONS:
        diagnostics.error(
            place,
            f'"@{name}" is no option of a query',
            did_you_mean(f"@{name}", [f"@{option}" for option in OPTIONS]),
        )
    elif name not in _REPEATABLE and any(option.name == name for option in before):
        diagnostics.error(place, f"@{name} is given twice", "remove one line")
    else:
        yield Option(name, match["argument"] or "", place)


def _trim(
    source: Source, tokens: list[Token], place: Place, diagnostics: Diagnostics
) -> list[Token] | None:
    """The statement without blank edges and without its semicolon."""
    end = statement_end(tokens)
    body, rest = tokens[:end], tokens[end:]
    extra = next((token for token in rest if not token.is_blank and token.text != ";"), None)
    if extra:
        diagnostics.error(
            source.place(extra.start),
            "a query is one statement, and this is the second",
            "give it a line of its own: -- name: query_name :kind",
        )
        return None
    while body and body[0].is_blank:
        body = body[1:]
    while body and body[-1].kind == "space":
        body = body[:-1]
    if not body:
        diagnostics.error(place, "this query has no SQL", "write its statement below the comment")
        return None
    return body
