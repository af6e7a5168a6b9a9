"""What generated code hands to a session: statements, pages, and the mark of an absent argument."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar, final

from strongroom.session.codecs import Chosen
from strongroom.session.errors import ErrorTable
from strongroom.session.records import Shape

T = TypeVar("T")
Role: TypeAlias = Literal["app", "worker", "analyst"]


@final
class Unset:
    """Type of `UNSET`: an argument that was not given, where None means NULL."""

    _only: Unset | None = None

    def __new__(cls) -> Unset:
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()


@dataclass(frozen=True, kw_only=True, eq=False)
class Statement(Generic[T]):
    """One SQL text, its types and its promises; generated code builds one for each variant.

    `name`: app.query, for errors and page tokens; `sort`: name of the order of this variant.
    `sql`: sent verbatim, with $1..$n.
    `parameters`: type names as format_type() gives them, without typmod, one for each $n.
    `columns`: names of the result's columns, in order; compared with the server's answer.
    `row`: called with the values of a row; None: the bare value of the only column.
    `decode`: for each column None or a function of the raw bytes of a json or jsonb value.
    `convert`: for each column None or a function of the loaded value.
    `encode`: for each parameter None or a function applied before it is bound.
    `shapes`: for each column None or what is in it, where it holds rows; `takes`: the same for
    each parameter.
    `types`: enums and codecs of the types in its columns and parameters.
    `identity`: the session must have a user. `role`: the role it must have been opened for.
    `at_most_one`: a unique key proves it. `writes`: it changes data. `text`: its results come as
    text, for something in them has no binary form that is known.
    `timeout_ms`: statement_timeout of this call alone. `errors`: the app's exception classes.
    """

    name: str
    sql: str
    parameters: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    row: Callable[..., T] | None = None
    decode: tuple[Callable[[bytes], object] | None, ...] | None = None
    convert: tuple[Callable[[Any], object] | None, ...] | None = None
    encode: tuple[Callable[[Any], object] | None, ...] | None = None
    shapes: tuple[Shape | None, ...] | None = None
    takes: tuple[Shape | None, ...] | None = None
    types: tuple[Chosen, ...] = ()
    role: Role = "app"
    identity: bool = True
    at_most_one: bool = False
    timeout_ms: int | None = None
    writes: bool = False
    text: bool = False
    errors: ErrorTable | None = None
    sort: str = ""


@dataclass(slots=True)
class Page(Generic[T]):
    """Some rows, and the token that the next page starts `after`; None on the last page."""

    rows: list[T]
    next: str | None

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)
