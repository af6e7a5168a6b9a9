"""A keyring: data keys that were unwrapped, for all sessions of a process, for a while."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from strongroom.sealing.errors import SealingError, WrongKey
from strongroom.sealing.fields import DataKey, prefixed
from strongroom.sealing.providers import KeyProvider

V = TypeVar("V")

MAX_KEYS = 10_000
MAX_AGE = 300.0
_DATA_KEY_BYTES = 32
_INDEX_LENGTH = 32


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key as the server has it; without `id` there is none yet."""

    id: int | None
    app: str
    subject: str | None
    purpose: str
    encryption_key_id: str
    fingerprint: bytes
    wrapped: bytes | None


@dataclass(frozen=True, slots=True)
class IndexKey:
    """A key of blind indexes, by name: the active one makes them, all are looked up by."""

    id: str
    version: int
    is_active: bool
    fingerprint: bytes


class Keyring:
    """Data keys in memory, at most `max_keys` of them, each for at most `max_age` seconds.

    One for a process: threads and sessions share it. What a person's session may have is asked of
    the server; the ring only spares unwrapping a key twice. A key that was erased is forgotten
    here when it is `max_age` old.
    """

    def __init__(
        self,
        provider: KeyProvider,
        *,
        max_keys: int = MAX_KEYS,
        max_age: float = MAX_AGE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if max_keys < 1 or max_age <= 0:
            raise ValueError("a keyring holds at least one key, for more than no time")
        self.provider = provider
        self._by_number: _Aging[DataKey] = _Aging(max_keys, max_age, clock)
        self._live: _Aging[DataKey] = _Aging(max_keys, max_age, clock)
        self._indexes: _Aging[tuple[IndexKey, ...]] = _Aging(max_keys, max_age, clock)
        self._genuine: set[tuple[str, bytes]] = set()

    def __repr__(self) -> str:
        return f"<Keyring of {type(self.provider).__name__}>"

    def live(self, app: str, subject: str | None, purpose: str) -> DataKey | None:
        """The key that seals for a person, if it is known."""
        return self._live.get((app, subject, purpose))

    def numbered(
        self, app: str, subjects: Iterable[str | None] | None, number: int
    ) -> DataKey | None:
        """The key with this number, if it is known and belongs to this app and one of these.

        `subjects` None: anybody's.
        """
        key = self._by_number.get(number)
        if key is None or key.app != app:
            return None
        return key if subjects is None or key.subject in subjects else None

    def index_keys(self, app: str, purpose: str) -> tuple[IndexKey, ...] | None:
        """The keys of blind indexes, if they are known."""
        return self._indexes.get((app, purpose))

    def unwrap(self, wrapped: WrappedKey) -> DataKey:
        """A data key from what the server has of it. Raises MissingKey, WrongKey."""
        if wrapped.id is None or wrapped.wrapped is None:
            raise SealingError("there is no data key to unwrap")
        self.check(wrapped.encryption_key_id, wrapped.fingerprint)
        context = wrapping_context(wrapped.app, wrapped.subject, wrapped.purpose)
        material = self.provider.unwrap(wrapped.encryption_key_id, wrapped.wrapped, context)
        return data_key(wrapped.id, wrapped.app, wrapped.subject, wrapped.purpose, material)

    def make(self, wanted: WrappedKey) -> bytes:
        """A new random data key, wrapped by the master key that the server named."""
        self._check_anew(wanted)
        context = wrapping_context(wanted.app, wanted.subject, wanted.purpose)
        return self.provider.wrap(wanted.encryption_key_id, os.urandom(_DATA_KEY_BYTES), context)

    def rewrap(self, old: WrappedKey, wanted: WrappedKey) -> bytes:
        """A data key as it is now, wrapped by another master key."""
        if old.wrapped is None:
            raise SealingError("there is no data key to wrap anew")
        self.check(old.encryption_key_id, old.fingerprint)
        self._check_anew(wanted)
        context = wrapping_context(old.app, old.subject, old.purpose)
        material = self.provider.unwrap(old.encryption_key_id, old.wrapped, context)
        return self.provider.wrap(wanted.encryption_key_id, material, context)

    def keep(self, key: DataKey, *, live: bool = False) -> None:
        """Remember a key that is on the server for good."""
        self._by_number.put(key.id, key)
        if live:
            self._live.put((key.app, key.subject, key.purpose), key)

    def keep_index_keys(self, app: str, purpose: str, keys: tuple[IndexKey, ...]) -> None:
        """Remember which keys of blind indexes there are."""
        self._indexes.put((app, purpose), keys)

    def blind(self, key: IndexKey, label: str, value: str) -> bytes:
        """The blind index of a value: 2 bytes of version, 32 of HMAC-SHA256."""
        self.check(key.id, key.fingerprint)
        data = prefixed(label.encode()) + value.encode()
        return key.version.to_bytes(2, "big") + self.provider.mac(key.id, data)[:_INDEX_LENGTH]

    def forget(self) -> None:
        """Forget every key: for KR081, after an erasure, or before a process is inspected."""
        self._by_number.clear()
        self._live.clear()
        self._indexes.clear()

    def check(self, key_id: str, fingerprint: bytes) -> None:
        """Make sure that the provider's key is the one that was registered. Raises WrongKey."""
        if (key_id, fingerprint) in self._genuine:
            return
        if self.provider.fingerprint(key_id) != fingerprint:
            raise WrongKey(
                f"key {key_id} of this provider is not the one that was registered under this name",
                key_id=key_id,
            )
        self._genuine.add((key_id, fingerprint))

    def _check_anew(self, wanted: WrappedKey) -> None:
        # What is wrapped by a key that was exchanged since would open for nobody.
        self._genuine.discard((wanted.encryption_key_id, wanted.fingerprint))
        self.check(wanted.encryption_key_id, wanted.fingerprint)


class _Aging(Generic[V]):
    """A bounded map whose entries grow old."""

    def __init__(self, size: int, age: float, clock: Callable[[], float]) -> None:
        self._size, self._age, self._clock = size, age, clock
        self._entries: OrderedDict[Hashable, tuple[float, V]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: Hashable) -> V | None:
        found = self._entries.get(name)
        if found is None or found[0] < self._clock():
            return None
        return found[1]

    def put(self, name: Hashable, value: V) -> None:
        with self._lock:
            self._entries.pop(name, None)
            while len(self._entries) >= self._size:
                self._entries.popitem(last=False)
            self._entries[name] = (self._clock() + self._age, value)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


def data_key(number: int, app: str, subject: str | None, purpose: str, material: bytes) -> DataKey:
    """A data key from its 32 bytes."""
    if len(material) != _DATA_KEY_BYTES:
        raise WrongKey(f"data key {number} is not {_DATA_KEY_BYTES} bytes long", key_id=number)
    return DataKey(number, app, subject, purpose, AESGCM(material))


def wrapping_context(app: str, subject: str | None, purpose: str) -> bytes:
    """What a wrapped data key is bound to."""
    owner = b"\x00" if subject is None else b"\x01" + prefixed(subject.encode())
    return b"data key" + prefixed(app.encode()) + prefixed(purpose.encode()) + owner
