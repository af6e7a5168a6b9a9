"""What the comment of a function says about its wrapper, and where in which file it says so."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from typing import get_args

from strongroom.project import Project
from strongroom_codegen.annotations import (
    KINDS,
    OPTIONS,
    Kind,
    Option,
    ParameterNote,
    parse_note,
)
from strongroom_codegen.comments import parse_comment
from strongroom_codegen.diagnostics import Diagnostics, did_you_mean
from strongroom_codegen.lexer import Token, UnterminatedError, tokenize
from strongroom_codegen.read import usable_name
from strongroom_codegen.routine import Routine
from strongroom_codegen.source import Place, Source

API_KINDS = tuple(kind for kind in ("one", "maybe", "many", "stream", "exec") if kind in KINDS)
# A wrapper has no orders to choose from and no items.
_OF_QUERIES = OPTIONS - {"sort", "chunk"}
_REPEATABLE = frozenset({"nullable", "like", "lint"})
_OWN = frozenset({"api", "given", "omit", "raises"})
_API = re.compile(r"(?P<subject>\S+)\s+:(?P<kind>\w+)(?:\s+(?P<name>\S+))?$")


@dataclass(frozen=True, slots=True)
class ApiComment:
    """The comment of a routine, read as the comment over a query is.

    `given` are arguments with a default that callers always give, `omitted` those that they never
    do; a wrapper has a statement for each choice among the others.
    """

    subject: str
    name: str
    kind: Kind
    doc: str
    notes: tuple[ParameterNote, ...]
    options: tuple[Option, ...]
    given: tuple[str, ...]
    omitted: tuple[str, ...]
    source: Source
    place: Place

    def place_of(self, tag: str) -> Place:
        return next((o.place for o in self.options if o.name == tag), self.place)


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a comment and where each of them starts in a file."""

    source: Source
    lines: tuple[str, ...]
    starts: tuple[int, ...]

    def place(self, number: int) -> Place:
        line = self.lines[number]
        return self.source.place(self.starts[number] + len(line) - len(line.lstrip()))


def read_api_comment(
    project: Project, routine: Routine, diagnostics: Diagnostics
) -> ApiComment | None:
    """Read the comment of a routine; None when its `@api` line makes no sense (reported)."""
    lines = _locate(project, routine)
    doc: list[str] = []
    notes: list[ParameterNote] = []
    options: list[Option] = []
    for number, line in enumerate(lines.lines):
        text, place = line.strip(), lines.place(number)
        if text.startswith(":"):
            note = parse_note(text, place, diagnostics)
            notes += [note] if note else []
        elif text.startswith("@"):
            _add_option(text, place, options, diagnostics)
        else:
            doc.append(text)
    api = next((option for option in options if option.name == "api"), None)
    if api is None or parse_comment(routine.comment).tag("api") is None:
        place = api.place if api else lines.place(0)
        diagnostics.error(
            place,
            "an @api tag stands in the middle of the comment",
            "tags stand at the end, on lines of their own; what describes a parameter before them",
        )
        return None
    head = _read_head(routine, api, lines.source, diagnostics)
    if head is None:
        return None
    subject, kind, name = head
    return ApiComment(
        subject=subject,
        name=name,
        kind=kind,
        doc="\n".join(doc).strip(),
        notes=tuple(notes),
        options=tuple(options),
        given=_names(options, "given"),
        omitted=_names(options, "omit"),
        source=lines.source,
        place=api.place,
    )


def _add_option(text: str, place: Place, options: list[Option], diagnostics: Diagnostics) -> None:
    name, _, argument = text[1:].partition(" ")
    known = _OF_QUERIES | _OWN
    if name not in known:
        diagnostics.error(
            place,
            f'"@{name}" is no tag of a function with @api',
            did_you_mean(f"@{name}", [f"@{option}" for option in known]),
        )
    elif name not in _REPEATABLE and any(option.name == name for option in options):
        diagnostics.error(place, f"@{name} is given twice", "remove one line")
    else:
        options.append(Option(name, argument.strip(), place))


def _read_head(
    routine: Routine, api: Option, source: Source, diagnostics: Diagnostics
) -> tuple[str, Kind, str] | None:
    match = _API.match(api.argument)
    if match is None:
        diagnostics.error(
            api.place,
            "@api takes the module, the kind and, if it shall be another, the wrapper's name",
            f"write: @api {api.argument.partition(' ')[0] or 'module'} :one",
        )
        return None
    if match["kind"] not in API_KINDS:
        diagnostics.error(
            api.place,
            f'":{match["kind"]}" is no kind of a {routine.word}',
            did_you_mean(f":{match['kind']}", [f":{kind}" for kind in API_KINDS]),
        )
        return None
    name = match["name"] or routine.name
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        diagnostics.error(
            api.place,
            f'"{name}" can\'t be the name of a wrapper',
            f"give it another: @api {match['subject']} :{match['kind']} another_name",
        )
        return None
    if not usable_name(source, match["subject"], diagnostics, api.place):
        return None
    kind = next(kind for kind in get_args(Kind) if kind == match["kind"])
    return match["subject"], kind, name


def _names(options: list[Option], name: str) -> tuple[str, ...]:
    found = [option.argument for option in options if option.name == name]
    return tuple(part.strip() for text in found for part in text.split(",") if part.strip())


def _locate(project: Project, routine: Routine) -> _Lines:
    """The comment in the file that sets it; a comment that was put together is its own file."""
    for file in project.install_order():
        text = file.read()
        if "@api" not in text:
            continue
        try:
            tokens = tokenize(text)
        except UnterminatedError:
            continue
        for number, token in enumerate(tokens):
            is_same = token.kind == "string" and _content(token)[0] == routine.comment
            if is_same and _is_about(routine, tokens[:number]):
                return _lines(Source(file.name, text), token)
    text = routine.comment
    whole = Source(f"comment of {routine.signature}", text)
    return _lines(whole, Token("string", text, 0))


def _content(token: Token) -> tuple[str, int]:
    """What a string constant holds, and how long its opening quote is."""
    if token.text.startswith("'"):
        return token.text[1:-1].replace("''", "'"), 1
    if token.text.startswith("$"):
        width = token.text.index("$", 1) + 1
        return token.text[width:-width], width
    return token.text, 0


def _is_about(routine: Routine, before: list[Token]) -> bool:
    words: set[str] = set()
    for token in reversed(before):
        if token.text == ";":
            break
        words.add(token.text.strip('"') if token.kind == "quoted" else token.text.lower())
    return {"comment", "on"} <= words and routine.name in words | {w.lower() for w in words}


def _lines(source: Source, token: Token) -> _Lines:
    _, width = _content(token)
    inside = token.text[width : len(token.text) - width]
    lines, starts, at = [], [], token.start + width
    for line in inside.split("\n"):
        lines.append(line)
        starts.append(at)
        at += len(line) + 1
    if width == 1:
        lines = [line.replace("''", "'") for line in lines]
    return _Lines(source, tuple(lines), tuple(starts))
