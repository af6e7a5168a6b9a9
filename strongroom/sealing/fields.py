"""Sealed fields: a value in, an envelope out, and back, bound to its app, field, person and row.

An envelope is one byte of version, the number of the data key (8 bytes, big endian), a nonce (12),
the ciphertext, and a tag (16). `docs/kernel/sealing.md` has the format byte by byte.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, NoReturn, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from strongroom.sealing.errors import BadEnvelope, BadValue, NotOpened, UnknownDataKey
from strongroom.sealing.values import WRITINGS, RowKey, Writing, is_of, row_key_text

T = TypeVar("T")

VERSION = 1
_VERSION_BYTE = b"\x01"
_HEADER = 9
_BODY = 21
SHORTEST = 38
PADDING = 16
"""Values are padded to a multiple of this many bytes where the tag names no other."""
_MARK = 0x80
_MARK_BYTE = b"\x80"
_LENGTHS = [length.to_bytes(4, "big") for length in range(32)]


@dataclass(frozen=True, slots=True)
class DataKey:
    """A data key, unwrapped: of a person of an app, or of the app itself, for one purpose."""

    id: int
    app: str
    subject: str | None
    purpose: str
    cipher: AESGCM = field(repr=False, compare=False)
    header: bytes = field(init=False, repr=False)
    """How envelopes under this key begin."""
    bindings: dict[str, bytes] = field(init=False, repr=False, compare=False)
    """How the associated data of fields begin that were sealed or opened by this key."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "header", key_header(self.id))
        object.__setattr__(self, "bindings", {})


@dataclass(frozen=True)
class Field(Generic[T]):
    """A sealed column, as its tag says: `@sealed TYPE LABEL KEY [pad N]`.

    `app`: its schema. `label`: bound into every envelope for ever. `purpose`: which key.
    `type`: PostgreSQL's name of the type, one of `strongroom.sealing.WRITINGS`.
    `padding`: values are padded to a multiple of so many bytes.
    """

    app: str
    label: str
    purpose: str
    type: str
    padding: int = PADDING
    _writing: Writing = field(init=False, repr=False, compare=False)
    _token: str = field(init=False, repr=False, compare=False)
    _tails: tuple[bytes, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.type not in WRITINGS:
            raise BadValue(
                f"{self.name}: {self.type} can't be sealed; {', '.join(sorted(WRITINGS))} can"
            )
        if not 1 <= self.padding <= 9999:
            raise BadValue(f"{self.name}: values are padded to 1 to 9999 bytes")
        object.__setattr__(self, "_writing", WRITINGS[self.type])
        object.__setattr__(self, "_tails", _tails(self.padding))
        object.__setattr__(self, "_token", f"{self.app}.{self.label}.{self.purpose}")

    @property
    def name(self) -> str:
        """App and label, for messages."""
        return f"{self.app}.{self.label}"

    def seal(self, key: DataKey, value: T, row_key: Sequence[RowKey]) -> bytes:
        """The envelope of a value, for the row with this primary key of the key's person.

        `row_key`: in the order of the primary key's columns. Raises BadValue.
        """
        if key.purpose != self.purpose or key.app != self.app:
            raise BadValue(
                f"{self.name} is sealed for {self.app}.{self.purpose}, and data key {key.id} is for"
                f" {key.app}.{key.purpose}",
                key_id=key.id,
            )
        plain = self.written(value)
        nonce = os.urandom(12)
        return key.header + nonce + key.cipher.encrypt(nonce, plain, self.binding(key, row_key))

    def open(
        self,
        keys: Mapping[bytes, DataKey],
        envelope: bytes,
        row_key: Sequence[RowKey],
        subject: str | None,
    ) -> T:
        """The value in an envelope that was read from the row with this key, of this person.

        `keys`: the data keys that this session may have, as `opening_keys` gives them.
        `subject`: the user id as text; None for rows of nobody.
        Raises BadEnvelope, UnknownDataKey, NotOpened.
        """
        key = keys.get(envelope[:_HEADER])
        if key is None:
            self._refuse(envelope)
        if key.subject != subject:
            self._refuse_key(key, "not the key of whose row it is")
        plain = self._opened(key, envelope, row_key)
        # Padded by a mark and zeros.
        text = plain.rstrip(b"\0")
        try:
            if text[-1] != _MARK:
                raise ValueError
            return self._writing.read(text[:-1].decode())  # type: ignore[no-any-return]
        except (ValueError, LookupError, ArithmeticError):
            raise NotOpened(
                f"{self.name} holds no {self.type}: it was sealed by data key {key.id} for a field"
                " of another type",
                key_id=key.id,
            ) from None

    def reseal(
        self, old: DataKey, new: DataKey, envelope: bytes, row_key: Sequence[RowKey]
    ) -> bytes:
        """The same value in an envelope under another key of the same person; raises as `open`."""
        plain = self._opened(old, envelope, row_key)
        nonce = os.urandom(12)
        body = new.cipher.encrypt(nonce, plain, self.binding(new, row_key))
        return new.header + nonce + body

    def binding(self, key: DataKey, row_key: Sequence[RowKey]) -> bytes:
        """The associated data of a row's envelope, or how they begin for a part of its key."""
        aad = key.bindings.get(self._token) or self._bind(key)
        for part in row_key:
            aad += row_key_part(part)
        return aad

    def _opened(self, key: DataKey, envelope: bytes, row_key: Sequence[RowKey]) -> bytes:
        aad = self.binding(key, row_key)
        try:
            return key.cipher.decrypt(envelope[_HEADER:_BODY], envelope[_BODY:], aad)
        except (InvalidTag, ValueError):
            self._refuse_value(key, envelope)

    def _bind(self, key: DataKey) -> bytes:
        """How the associated data begin, for every row of the key's person."""
        if key.app != self.app:
            self._refuse_key(key, f"of app {key.app}")
        if key.purpose != self.purpose:
            self._refuse_key(key, f"for {key.purpose}, and the field is sealed for {self.purpose}")
        owner = b"\x00" if key.subject is None else b"\x01" + prefixed(key.subject.encode())
        where = prefixed(self.app.encode()) + prefixed(self.label.encode())
        bound = key.bindings[self._token] = key.header + where + owner
        return bound

    def writer(self) -> Callable[[T], bytes]:
        """As `written`, for many values."""
        tails, padding = self._tails, self.padding
        written: Callable[[Any], bytes] = self.written
        if self._writing.python is not str or not tails:
            return written

        def write(value: Any) -> bytes:
            if type(value) is not str:
                return written(value)
            try:
                plain = value.encode()
            except UnicodeEncodeError:
                return written(value)
            return plain + tails[len(plain) % padding]

        return write

    def written(self, value: T) -> bytes:
        """A value as it is encrypted: its text, a mark and zeros. Raises BadValue."""
        writing = self._writing
        python = writing.python
        # Most often the class itself, which is quickly seen.
        if python is not None and type(value) is not python and not is_of(value, python):
            raise BadValue(f"{self.name} takes {python.__name__}, not {type(value).__name__}")
        try:
            plain = writing.write(value).encode()
        except BadValue as error:
            raise BadValue(f"{self.name}: {error}") from None
        except UnicodeEncodeError:
            raise BadValue(f"{self.name}: the text is not Unicode") from None
        if self._tails:
            return plain + self._tails[len(plain) % self.padding]
        return plain + _MARK_BYTE + bytes(-(len(plain) + 1) % self.padding)

    def _refuse(self, envelope: bytes) -> NoReturn:
        if len(envelope) < SHORTEST:
            raise BadEnvelope(f"{self.name}: the envelope is cut short: {len(envelope)} bytes")
        if envelope[0] != VERSION:
            raise BadEnvelope(f"{self.name}: the envelope has the unknown version {envelope[0]}")
        number = key_number(envelope)
        raise UnknownDataKey(
            f"{self.name}: data key {number} is not there, or is not for this session: the data was"
            " erased, or is another person's",
            key_id=number,
        )

    def _refuse_key(self, key: DataKey, why: str) -> NoReturn:
        raise NotOpened(f"{self.name} does not open: data key {key.id} is {why}", key_id=key.id)

    def _refuse_value(self, key: DataKey, envelope: bytes) -> NoReturn:
        if len(envelope) < SHORTEST:
            raise BadEnvelope(
                f"{self.name}: the envelope under data key {key.id} is cut short:"
                f" {len(envelope)} bytes",
                key_id=key.id,
            ) from None
        raise NotOpened(
            f"{self.name} does not open by data key {key.id}: it was changed, or sealed for another"
            " row or column",
            key_id=key.id,
        ) from None


def row_key_part(value: RowKey) -> bytes:
    """A value of a row's key with its length before it, as it is bound. Raises BadValue."""
    text = b"%d" % value if type(value) is int else row_key_text(value)
    return (_LENGTHS[len(text)] if len(text) < 32 else len(text).to_bytes(4, "big")) + text


@cache
def _tails(padding: int) -> tuple[bytes, ...]:
    """What follows a text: the mark and zeros, by the rest of its length; () where it is much."""
    if padding > 256:
        return ()
    return tuple(_MARK_BYTE + bytes(padding - 1 - rest) for rest in range(padding))


def key_header(number: int) -> bytes:
    """How envelopes under the data key with this number begin."""
    return _VERSION_BYTE + number.to_bytes(8, "big")


def key_number(envelope: bytes) -> int:
    """The number of the data key that an envelope names; 0 where it is cut short."""
    return int.from_bytes(envelope[1:_HEADER], "big") if len(envelope) >= _HEADER else 0


def prefixed(part: bytes) -> bytes:
    """A part with its length (4 bytes) before it, so that no two lists of parts look the same."""
    return len(part).to_bytes(4, "big") + part


AnyField = Field[Any]
