"""One call of a generated function, as SQL: the very statement and values an application sends.

The function itself is called, with a session that only notes what it is handed. Values stay the
text that was typed: PostgreSQL reads them as values of the parameters' types, as `EXECUTE` does.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from strongroom.errors import UsageError
from strongroom.project import Project
from strongroom.session import BadPageToken, BadParameter, Statement
from strongroom.session.identity import SET_IDENTITY, Identity
from strongroom_codegen.diagnostics import did_you_mean
from strongroom_codegen.lexer import tokenize
from strongroom_codegen.read import RESERVED
from strongroom_codegen.statements import words_of

_PREPARED = {
    (word,) for word in ("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "TABLE", "WITH")
}


@dataclass(frozen=True, slots=True)
class Call:
    """A statement and its values as text, one for each $n; None is NULL."""

    app: str
    statement: Statement[Any]
    values: tuple[str | None, ...]

    @property
    def label(self) -> str:
        """The name of the prepared statement, quoted."""
        return _text(sql.Identifier(self.statement.name))

    def statements(self) -> list[str]:
        """What is sent after the identity, the call itself last.

        What SQL's PREPARE does not take (the session's own does), has its values written out.
        """
        limit = self.statement.timeout_ms
        settings = [] if limit is None else [f"SET LOCAL statement_timeout = {limit}"]
        if words_of(tokenize(self.statement.sql), 1) not in _PREPARED:
            return [*settings, self._written_out()]
        return [*settings, self._prepare(), self._execute()]

    def script(self, identity: Identity) -> str:
        """All of it, for psql."""
        lines = ["BEGIN", identity_text(identity), *self.statements()]
        end = "COMMIT" if self.statement.writes else "ROLLBACK"
        return "".join(f"{line};\n" for line in [*lines, end] if line)

    def _prepare(self) -> str:
        types = ", ".join(self.statement.parameters)
        return f"PREPARE {self.label}{f' ({types})' if types else ''} AS\n{self.statement.sql}"

    def _execute(self) -> str:
        values = ", ".join(literal(value) for value in self.values)
        return f"EXECUTE {self.label}{f' ({values})' if values else ''}"

    def _written_out(self) -> str:
        return "".join(
            self._value(int(token.text[1:])) if token.kind == "positional" else token.text
            for token in tokenize(self.statement.sql)
        )

    def _value(self, number: int) -> str:
        value, type_ = self.values[number - 1], self.statement.parameters[number - 1]
        return f"CAST({literal(value)} AS {type_})"


class _Given(str):
    """What was typed for a parameter."""

    __slots__ = ()


class _Noted(Exception):  # noqa: N818 - it carries a result, and is no error
    def __init__(self, statement: Statement[Any], values: tuple[object, ...]) -> None:
        self.statement = statement
        self.values = values


class _Notebook:
    """Stands where a session stands, and notes the first statement instead of sending it."""

    def _note(self, statement: Statement[Any], values: tuple[object, ...] = (), **_: object) -> Any:
        raise _Noted(statement, values)

    one = maybe = many = exec = rowcount = page = stream = _note

    # What sealed fields ask of a session: to be opened nothing yet, for the rows stay envelopes.
    keyring = _engine = None
    sealing_subject = "somebody"

    @property
    def _identity(self) -> _Notebook:
        return self

    def require(self, statement: Statement[Any]) -> None:
        """Whoever it is, is asked when it is run."""

    def transaction(self) -> AbstractContextManager[None]:
        return nullcontext()

    def key_at_hand(self, purpose: str, subject: str | None) -> None:
        """None is: the key is asked for, and that says more."""

    def sealing_key(self, purpose: str, subject: str | None) -> Any:
        raise UsageError(
            f"this query seals what it is given under keys for {purpose}, and none is here",
            hint="call the function from a program with a keyring, or give NULL: --null NAME",
        )

    def index_keys(self, purpose: str) -> Any:
        raise UsageError(
            f"this query looks up a blind index under keys for {purpose}, and none is here",
            hint="call the function from a program with a keyring",
        )

    def __getattr__(self, name: str) -> Any:
        raise UsageError(f"a query of kind :{name} sends many sets of values, not one")


def read_call(
    project: Project, name: str, given: Mapping[str, str], null: frozenset[str] = frozenset()
) -> Call:
    """The call of `APP.QUERY` with these arguments; those named in `null` are NULL.

    Raises UsageError when there is no such function, or the arguments are not its own.
    """
    app, _, query = name.partition(".")
    function = _function(project, app, query)
    arguments = _arguments(name, function, given, null)
    try:
        function(_Notebook(), **arguments)
    except _Noted as noted:
        values = tuple(_value(value) for value in noted.values)
        return Call(app, noted.statement, values)
    except (KeyError, BadPageToken, BadParameter) as error:
        raise UsageError(
            f"{name} does not take these arguments: {error}",
            hint="see its docstring in the generated package",
        ) from error
    raise UsageError(f"{name} sends no statement")


def literal(value: str | None) -> str:
    """A value as SQL writes it."""
    return "NULL" if value is None else _text(sql.Literal(value)).strip()


def identity_text(identity: Identity) -> str:
    """The statement that sets the identity, its values written out; '' where none is sent."""
    text = SET_IDENTITY.decode()
    for number, value in enumerate(identity.wire, 1):
        text = text.replace(f"${number}", literal(value.decode()))
    return text if identity.wire else ""


def _text(item: sql.Composable) -> str:
    return item.as_string(None)


def _function(project: Project, app: str, query: str) -> Callable[..., object]:
    folder = project.generated / project.package / app
    if not query or not folder.is_dir():
        raise UsageError(
            f"there is no generated app for {app}.{query}",
            hint="write APP.QUERY; run strongroom generate when it is new",
        )
    if str(project.generated) not in sys.path:
        sys.path.insert(0, str(project.generated))
    known: dict[str, Callable[..., object]] = {}
    for path in sorted(folder.glob("*.py")):
        if path.stem not in RESERVED and path.stem != "__init__":
            module = importlib.import_module(f"{project.package}.{app}.{path.stem}")
            functions = inspect.getmembers(module, inspect.isfunction)
            known |= {key: f for key, f in functions if f.__module__ == module.__name__}
    found = known.get(query) or known.get(f"{query}_")
    if found is None:
        raise UsageError(f"{app} has no query {query}", hint=did_you_mean(query, known))
    return found


def _arguments(
    name: str, function: Callable[..., object], given: Mapping[str, str], null: frozenset[str]
) -> dict[str, object]:
    known = dict(list(inspect.signature(function).parameters.items())[1:])
    takes = f"it takes {', '.join(known)}" if known else "it takes no arguments"
    arguments: dict[str, object] = {}
    for key in [*given, *sorted(null)]:
        own = key if key in known else f"{key}_"
        if own not in known:
            raise UsageError(f"{name} has no argument {key}", hint=takes)
        if own in arguments:
            raise UsageError(f"{key} is given twice")
        text = given.get(key)
        if text is not None:
            _check_sort(own, text, known[own])
        arguments[own] = None if text is None else _argument(key, text, known[own])
    missing = [key for key, p in known.items() if p.default is p.empty and key not in arguments]
    if missing:
        raise UsageError(
            f"{name} needs {', '.join(missing)}",
            hint=f"write {missing[0]}=VALUE, or --null {missing[0]}",
        )
    return arguments


def _check_sort(name: str, text: str, parameter: inspect.Parameter) -> None:
    """Refuse an order that the function does not have; PostgreSQL never sees its name."""
    kind = str(parameter.annotation)
    if name == "sort" and kind.startswith("Literal["):
        orders = ast.literal_eval(kind.removeprefix("Literal"))
        if text not in orders:
            raise UsageError(f"there is no order {text}", hint=did_you_mean(text, orders))


def _argument(name: str, text: str, parameter: inspect.Parameter) -> object:
    """Text as the function takes it: it reckons with whole numbers, and hands on all else."""
    kind = str(parameter.annotation)
    if kind == "int" and name == "limit":
        if not text.strip().lstrip("+-").isdigit():
            raise UsageError(f"{name} is a whole number, not {text}")
        return int(text)
    return [_Given(text)] if kind.startswith("Iterable[") else _Given(text)


def _value(value: object) -> str | None:
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], _Given):
        value = value[0]
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
