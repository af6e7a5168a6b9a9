"""Items of one call, sealed as they are taken: what is the same for all is worked out once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from struct import iter_unpack
from typing import TYPE_CHECKING, Any, Generic, Self, TypeAlias, TypeVar

from strongroom.sealing.fields import row_key_part
from strongroom.sealing.rows import Keys, part_of, plain, sealed_params, was_replaced
from strongroom.sealing.statement import USER, Given, Seal, SealedStatement

if TYPE_CHECKING:
    from strongroom.sealing.fields import DataKey

I = TypeVar("I")  # noqa: E741 - an item
_Sealer: TypeAlias = tuple[int, Callable[[Sequence[Any]], Any]]

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
    one: Callable[[I], tuple[object, ...]] = field(init=False)
    """The values of an item, sealed."""

    def __post_init__(self) -> None:
        self.one = self._taker(_sealers(self.sealed, self.keys))

    def _taker(self, sealers: list[_Sealer] | None) -> Callable[[I], tuple[object, ...]]:
        take, fixed, kept = self.take, self.fixed, self.params if self.sealed.gives else None

        def whole(item: I) -> tuple[object, ...]:
            own = take(item)
            params = (*own, *fixed)
            if kept is not None:
                kept.append(params)
            if sealers is None:
                return sealed_params(self.sealed, params, self.keys)[: len(own)]
            found = list(own)
            for number, seal in sealers:
                found[number] = seal(params)
            return tuple(found)

        if sealers is None or len(sealers) != 1 or fixed or kept is not None:
            return whole
        [(number, seal)] = sealers

        def one(item: I) -> tuple[object, ...]:
            own = take(item)
            return (*own[:number], seal(own), *own[number + 1 :])

        return one

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        # Items can't be drawn twice: the next call has the new key.
        if error is not None and was_replaced(error):
            self.keys.ring.forget()


def _sealers(sealed: SealedStatement[Any], keys: Keys) -> list[_Sealer] | None:
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
    written, adapter, draw = take.field.writer(), take.adapter, drawn.__next__
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
        nonce = draw()
        return header + nonce + encrypt(nonce, written(value), bound)

    if adapter is not None or len(parts) != 1:
        return seal
    [only] = parts

    def seal_at_once(params: Sequence[Any]) -> bytes | None:
        value, given = params[number], params[only]
        if value is None or given is None:
            return seal(params)
        nonce = draw()
        return header + nonce + encrypt(nonce, written(value), begin + row_key_part(given))

    return seal_at_once
