"""What generated code says about a statement with sealed fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

from strongroom.sealing.blind import BlindIndex
from strongroom.sealing.fields import Field

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from strongroom.session.statement import Statement

T = TypeVar("T")


class _User(Enum):
    USER = "user"


USER: Final = _User.USER
"""The user of the session."""


@dataclass(frozen=True, slots=True)
class Given:
    """The value of a parameter, counted from 0."""

    number: int


@dataclass(frozen=True, slots=True)
class Got:
    """The value of a column of the same row, counted from 0."""

    number: int


Part: TypeAlias = Given | Got | _User


@dataclass(frozen=True)
class Seal:
    """A parameter that is sealed: for the row with this key, of this person (None: of nobody)."""

    field: Field[Any]
    row_key: tuple[Part, ...]
    subject: Part | None
    adapter: TypeAdapter[Any] | None = None


@dataclass(frozen=True)
class Blind:
    """A parameter that is a blind index: one to be stored, or all that a row may have."""

    index: BlindIndex
    looks_up: bool = False
    adapter: TypeAdapter[Any] | None = None


@dataclass(frozen=True)
class Open:
    """A column that is opened: of the row with this key, of this person (None: of nobody)."""

    field: Field[Any]
    row_key: tuple[Part, ...]
    subject: Part | None
    adapter: TypeAdapter[Any] | None = None


@dataclass(frozen=True, slots=True)
class SealAtHand:
    """A parameter that is sealed for the session's user, or for nobody, as it is.

    `row_key`: the parameters that it is in; None: the session's user.
    """

    number: int
    field: Field[Any]
    is_users: bool
    row_key: tuple[int | None, ...]


def _at_hand(number: int, take: Seal) -> SealAtHand | None:
    if take.adapter is not None or take.subject not in (USER, None):
        return None
    parts = [part.number if isinstance(part, Given) else None for part in take.row_key]
    if any(isinstance(part, Got) for part in take.row_key):
        return None
    return SealAtHand(number, take.field, take.subject is USER, tuple(parts))


@dataclass(frozen=True, kw_only=True, eq=False)
class SealedStatement(Generic[T]):
    """A statement whose parameters are sealed before it is sent, and whose rows are opened after.

    `statement`: with `row=tuple_of` where columns are opened. `takes`: for each parameter, `gives`:
    for each column None or what is done with it; empty where there is nothing to do. `row`: what
    is made of an opened row; None: its only value.
    """

    statement: Statement[Any]
    takes: tuple[Seal | Blind | None, ...] = ()
    gives: tuple[Open | None, ...] = ()
    row: Callable[..., T] | None = None
    at_hand: tuple[SealAtHand, ...] | None = field(init=False, repr=False)
    """What is sealed, where the session and the parameters say everything; None elsewhere."""

    def __post_init__(self) -> None:
        seals = [(n, take) for n, take in enumerate(self.takes) if take is not None]
        found = [_at_hand(n, take) for n, take in seals if isinstance(take, Seal)]
        whole = tuple(seal for seal in found if seal is not None)
        object.__setattr__(self, "at_hand", whole if len(whole) == len(seals) > 0 else None)

    @property
    def writes_and_gives(self) -> bool:
        """Whether rows that it has changed are opened, which may fail."""
        return self.statement.writes and bool(self.gives)


def tuple_of(*values: Any) -> tuple[Any, ...]:
    """A row before it is opened."""
    return values
