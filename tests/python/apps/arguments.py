"""Arguments for generated functions, drawn from the rows of somebody else."""

from __future__ import annotations

import collections.abc
import dataclasses
import inspect
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from strongroom.session import UNSET
from strongroom.session.statement import Unset

_PLAIN: dict[Any, Callable[[Random], object]] = {
    bool: lambda random: random.random() < 0.5,
    int: lambda random: random.randint(1, 5),
    float: lambda random: random.random(),
    str: lambda random: random.choice(["text", "0123456789ab", "ab" * 32]),
    bytes: lambda random: random.randbytes(32),
    Decimal: lambda random: Decimal(random.randint(1, 500)).scaleb(-2),
    date: lambda random: date(2026, 1, random.randint(1, 28)),
    time: lambda random: time(random.randint(0, 23)),
    datetime: lambda random: datetime(2026, 1, random.randint(1, 28), tzinfo=UTC),
    timedelta: lambda random: timedelta(minutes=random.randint(1, 60)),
    UUID: lambda random: UUID(int=random.getrandbits(128), version=4),
}


def _any_object(random: Random) -> object:
    return {}


@dataclass(frozen=True, slots=True)
class Arguments:
    """Draws arguments.

    known   values of the other's rows, by column and by table.column
    table   the table that the queries of this module are named after
    """

    random: Random
    known: dict[str, list[Any]]
    table: str

    def draw(self, function: Callable[..., object]) -> dict[str, object]:
        """Everything that a function takes but its session; what has a default is often left."""
        hints = typing.get_type_hints(function)
        given = {}
        for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
            optional = parameter.default is not inspect.Parameter.empty
            # Tokens of pages are not values of rows.
            if name == "after" or (optional and self.random.random() < 0.4):
                continue
            given[name] = self._value(name, hints[name])
        return given

    def _value(self, name: str, hint: Any) -> object:
        origin, parts = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            return self._one_of(name, parts)
        if origin is typing.Literal:
            return self.random.choice(parts)
        if origin in (list, collections.abc.Iterable, collections.abc.Sequence):
            return [self._value(name, parts[0]) for _ in range(2)]
        if origin is dict or hint in (dict, object) or isinstance(hint, str | typing.ForwardRef):
            return {}
        if isinstance(hint, type) and issubclass(hint, BaseModel):
            fields = hint.model_fields.items()
            return hint(**{key: self._value(key, field.annotation) for key, field in fields})
        if isinstance(hint, type) and dataclasses.is_dataclass(hint):
            hints = typing.get_type_hints(hint)
            return hint(**{key: self._value(key, of) for key, of in hints.items()})
        supertype = getattr(hint, "__supertype__", hint)
        # What is left is JSON of any shape.
        make = _PLAIN.get(supertype, _any_object)
        return self._known(name, supertype) or make(self.random)

    def _one_of(self, name: str, parts: tuple[Any, ...]) -> object:
        chosen = self.random.choice(parts)
        if chosen is Unset:
            return UNSET
        return None if chosen is type(None) else self._value(name, chosen)

    def _known(self, name: str, hint: Any) -> object:
        """A value of the other's: of the column that the argument is named after, if there is."""
        if self.random.random() < 0.1:
            return None
        # source_id is the id of training_sources, as the column of that name elsewhere has it.
        for key in (f"{self.table}.{name}", name):
            fitting = [value for value in self.known.get(key, []) if type(value) is hint]
            if fitting:
                return self.random.choice(fitting)
        return self._any(hint) if hint in (UUID, str) else None

    def _any(self, hint: Any) -> object:
        fitting = [v for key in sorted(self.known) for v in self.known[key] if type(v) is hint]
        return self.random.choice(fitting) if fitting else None
