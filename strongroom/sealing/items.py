"""Items of one call, sealed as they are taken: what is the same for all is worked out once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from struct import iter_unpack
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from strongroom.sealing.fields import row_key_part
from strongroom.sealing.rows import Keys, part_of, plain, sealed_params, was_replaced
from strongroom.sealing.statement import USER, Given, Seal, SealedStatement

if TYPE_CHECKING:
    from strongroom.sealing.fields import DataKey

I = TypeVar("I")  # noqa: E741 - an item

_AT_ONCE = 12 * 64
_forks = [0]
"""How often this process is the child of a fork of one that had loaded this."""


def _forked() -> None:
    _forks[0] += 1


os.register_at_fork(after_in_child=_forked)


def nonces() -> Iterator[bytes]:
    """Random nonces, some of them drawn at once, for one call: they go with it, used or not.

    None of them is ever given twice, to a child of this process neither.
    """
    while True:
        forks = _forks[0]
        for (nonce,) in iter_unpack("12s", os.urandom(_AT_ONCE)):
            if forks != _forks[0]:
                break
            yield nonce


@dataclass(slots=True)
class Taken(Generic[I]):
    """Takes the values of an item and seals them. `fixed` stand behind those in `Given`."""

    sealed: SealedStatement[Any]
    take: Callable[[I], tuple[object, ...]]
    keys: Keys
    fixed: tuple[object, ...] = ()
    params: list[tuple[object, ...]] = field(default_factory=list)
    _sealers: list[tuple[int, Callable[[Sequence[Any]], Any]]] | None = field(init=False)

    def __post_init__(self) -> None:
        self._sealers = _sealers(self.sealed, self.keys)

    def __call__(self, item: I) -> tuple[object, ...]:
        own = self.take(item)
        params = (*own, *self.fixed) if self.fixed else own
        if self.sealed.gives:
            self.params.append(params)
        if self._sealers is None:
            return sealed_params(self.sealed, params, self.keys)[: len(own)]
        found = list(own)
        for number, seal in self._sealers:
            found[number] = seal(params)
        return tuple(found)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        # Items can't be drawn twice: the next call has the new key.
        if error is not None and was_replaced(error):
            self.keys.ring.forget()


def _sealers(
    sealed: SealedStatement[Any], keys: Keys
) -> list[tuple[int, Callable[[Sequence[Any]], Any]]] | None:
    """What seals each parameter; None where each item says whose it is, or has a blind index."""
    drawn = nonces()
    found = []
    for number, take in enumerate(sealed.takes):
        if take is None:
            continue
        if not isinstance(take, Seal) or take.subject not in (USER, None):
            return None
        subject = keys.user if take.subject is USER else None
        key = keys.data.get((take.field.purpose, subject))
        settled = [part for part in take.row_key if part is USER]
        given = [part for part in take.row_key if isinstance(part, Given)]
        if key is None or [*settled, *given] != list(take.row_key):
            return None
        begin = take.field.binding(key, [_user(sealed, keys)] * len(settled))
        numbers = [part.number for part in given]
        found.append((number, _sealer(sealed, take, number, numbers, key, begin, drawn)))
    return found


def _user(sealed: SealedStatement[Any], keys: Keys) -> Any:
    return part_of(sealed, USER, (), (), keys.user)


def _sealer(
    sealed: SealedStatement[Any],
    take: Seal,
    number: int,
    parts: list[int],
    key: DataKey,
    begin: bytes,
    drawn: Iterator[bytes],
) -> Callable[[Sequence[Any]], Any]:
    """As `Field.seal`, with the key and the beginning of what is bound settled.

    `parts`: the parameters that the rest of the row's key is in.
    """
    written, adapter = take.field.written, take.adapter
    header, encrypt = key.header, key.cipher.encrypt

    def seal(params: Sequence[Any]) -> bytes | None:
        value = params[number]
        if value is None:
            return None
        if adapter is not None:
            value = plain(take, value)
        bound = begin
        for part in parts:
            given = params[part]
            if given is None:
                part_of(sealed, Given(part), params, (), None)
            bound += row_key_part(given)
        nonce = next(drawn)
        return header + nonce + encrypt(nonce, written(value), bound)

    return seal
