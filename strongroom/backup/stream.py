"""The file of a backup: a header that can be read, then chunks that only who has the key can.

    magic | u32 length, header in JSON | u16 length, wrapped data key | frames
    frame: u8 kind, u32 length | AES-256-GCM of a chunk

Each file has a data key of its own, wrapped by a master key and bound to the header. A chunk is
bound to all of what stands before the first frame, to its number, and to its kind: of the dump (0),
or the last one (1), which holds the manifest. So no chunk can be changed, moved, left out, added or
taken from another file, and a file that was cut has no last one.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from strongroom.errors import MismatchError, UsageError
from strongroom.sealing.errors import MissingKey, SealingError
from strongroom.sealing.providers import KEY_ID, KeyProvider

MAGIC = b"strongroom backup 1\n"
CHUNK = 1 << 20
_TAG = 16
_DUMP, _LAST = 0, 1
_LONGEST = {_DUMP: CHUNK + _TAG, _LAST: (64 << 20) + _TAG}
_LONGEST_HEADER = 4096
_DATA_KEY_BYTES = 32
_FRAME = struct.Struct(">BI")
_CONTEXT = b"strongroom backup data key\0"


@dataclass(frozen=True, slots=True)
class Header:
    """What everybody can read of a backup; changed, it is found out by who has the key.

    id           16 random bytes in hexadecimal, no two backups have the same
    fingerprint  of the master key
    """

    id: str
    database: str
    created_at: datetime
    key_id: str
    fingerprint: str

    def encoded(self) -> bytes:
        """As it stands in the file."""
        moment = self.created_at.astimezone(UTC).isoformat(timespec="seconds")
        fields = {
            "id": self.id, "database": self.database, "created_at": moment,
            "key_id": self.key_id, "fingerprint": self.fingerprint,
        }  # fmt: skip
        return json.dumps(fields, sort_keys=True).encode()


class Sink(Protocol):
    """Where a backup is written to."""

    def write(self, data: bytes, /) -> int:
        """As a file does."""


class Writer:
    """Writes a backup, chunk by chunk; nothing that it writes can be read without the key.

    Raises MissingKey where the provider has no such key.
    """

    def __init__(
        self, file: Sink, provider: KeyProvider, header: Header, *, chunk: int = CHUNK
    ) -> None:
        self._file, self._size = file, chunk
        key = os.urandom(_DATA_KEY_BYTES)
        encoded = header.encoded()
        wrapped = provider.wrap(header.key_id, key, _CONTEXT + encoded)
        before = MAGIC + struct.pack(">I", len(encoded)) + encoded
        before += struct.pack(">H", len(wrapped)) + wrapped
        self._cipher, self._bound = AESGCM(key), hashlib.sha256(before).digest()
        self._number = 0
        self._rest = bytearray()
        self._digest = hashlib.sha256()
        self._total = 0
        file.write(before)

    def write(self, data: bytes) -> None:
        """The next bytes of the dump."""
        self._digest.update(data)
        self._total += len(data)
        self._rest += data
        while len(self._rest) >= self._size:
            self._frame(_DUMP, bytes(self._rest[: self._size]))
            del self._rest[: self._size]

    def finish(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """Write what is left, and the manifest with the dump's length and SHA-256; gives that."""
        if self._rest:
            self._frame(_DUMP, bytes(self._rest))
            self._rest.clear()
        whole = {**manifest, "bytes": self._total, "sha256": self._digest.hexdigest()}
        self._frame(_LAST, json.dumps(whole).encode())
        return whole

    def _frame(self, kind: int, data: bytes) -> None:
        sealed = self._cipher.encrypt(_nonce(kind, self._number), data, self._bound)
        self._file.write(_FRAME.pack(kind, len(sealed)) + sealed)
        self._number += 1


class Reader:
    """Reads a backup. Every byte that it hands out has been authenticated.

    Raises MismatchError where the file is not what was written, UsageError without the key.
    `manifest` is there when the chunks have been read to the end.
    """

    def __init__(self, file: BinaryIO, provider: KeyProvider, name: str) -> None:
        self._file, self._name = file, name
        self.header, before, wrapped = _before_frames(file, name)
        self._cipher = AESGCM(_data_key(provider, self.header, wrapped, name))
        self._bound = hashlib.sha256(before).digest()
        self._start = len(before)
        self.manifest: dict[str, Any] = {}

    def chunks(self) -> Iterator[bytes]:
        """The dump, from its beginning. It is whole only if this comes to its end."""
        self._file.seek(self._start)
        digest, total = hashlib.sha256(), 0
        for number, (kind, data) in enumerate(_frames(self._file, self._name)):
            plain = self._opened(kind, number, data)
            if kind == _LAST:
                self.manifest = json.loads(plain)
                continue
            digest.update(plain)
            total += len(plain)
            yield plain
        if (self.manifest["sha256"], self.manifest["bytes"]) != (digest.hexdigest(), total):
            raise _damaged(self._name, "the dump is not the one that its manifest tells of")

    def _opened(self, kind: int, number: int, data: bytes) -> bytes:
        try:
            return self._cipher.decrypt(_nonce(kind, number), data, self._bound)
        except InvalidTag:
            raise _damaged(
                self._name, f"chunk {number} was changed, moved or taken from elsewhere"
            ) from None


def read_header(file: BinaryIO, name: str) -> Header:
    """The header, which nobody has vouched for yet. Raises MismatchError where there is none."""
    return _before_frames(file, name)[0]


def check_header(file: BinaryIO, provider: KeyProvider, name: str) -> Header:
    """The header, if the key says that it is genuine and the file goes on to its last frame.

    What is in the chunks stays unread.
    """
    header, _, wrapped = _before_frames(file, name)
    _data_key(provider, header, wrapped, name)
    for _ in _frames(file, name, skip=True):
        pass
    return header


def new_header(provider: KeyProvider, key_id: str, database: str, created_at: datetime) -> Header:
    """The header of a backup that is to be written. Raises MissingKey."""
    fingerprint = b64encode(provider.fingerprint(key_id)).decode()
    return Header(os.urandom(16).hex(), database, created_at, key_id, fingerprint)


def _nonce(kind: int, number: int) -> bytes:
    return struct.pack(">IQ", kind, number)


def _before_frames(file: BinaryIO, name: str) -> tuple[Header, bytes, bytes]:
    """The header, all bytes before the first frame, and the wrapped key."""
    file.seek(0)
    if file.read(len(MAGIC)) != MAGIC:
        raise MismatchError(f"{name} is no backup of this version, or is damaged")
    size = file.read(4)
    encoded = file.read(min(int.from_bytes(size, "big"), _LONGEST_HEADER))
    wrapped_size = file.read(2)
    wrapped = file.read(int.from_bytes(wrapped_size, "big"))
    try:
        fields = json.loads(encoded)
        moment = datetime.fromisoformat(fields.pop("created_at"))
        header = Header(created_at=moment, **fields)
        fits = header.encoded() == encoded and KEY_ID.fullmatch(header.key_id)
    except (ValueError, TypeError, KeyError, AttributeError):
        fits = None
    if not fits:
        raise _damaged(name, "its header can't be read")
    return header, MAGIC + size + encoded + wrapped_size + wrapped, wrapped


def _frames(file: BinaryIO, name: str, *, skip: bool = False) -> Iterator[tuple[int, bytes]]:
    """Kind and ciphertext of each frame, to the last one, after which nothing may come."""
    size = _size(file)
    while head := file.read(_FRAME.size):
        kind, length = _FRAME.unpack(head) if len(head) == _FRAME.size else (_DUMP, 0)
        if not _TAG <= length <= min(_LONGEST.get(kind, 0), size - file.tell()):
            break
        if skip:
            file.seek(length, os.SEEK_CUR)
        yield kind, b"" if skip else file.read(length)
        if kind == _LAST:
            if file.read(1):
                raise _damaged(name, "something was added at its end")
            return
    raise _damaged(name, "it was cut, or a length in it was changed")


def _size(file: BinaryIO) -> int:
    here = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(here)
    return size


def _data_key(provider: KeyProvider, header: Header, wrapped: bytes, name: str) -> bytes:
    try:
        if b64encode(provider.fingerprint(header.key_id)).decode() != header.fingerprint:
            raise MismatchError(
                f"{name}: the key {header.key_id} at hand is not the one that it was written with",
                hint="give the key of that name from the day of the backup",
            )
        key = provider.unwrap(header.key_id, wrapped, _CONTEXT + header.encoded())
    except MissingKey as error:
        raise UsageError(f"{name}: {error}", hint="--keys names a file of keys") from None
    except SealingError:
        raise _damaged(name, "its header was changed") from None
    if len(key) != _DATA_KEY_BYTES:
        raise _damaged(name, "its header was changed")
    return key


def _damaged(name: str, why: str) -> MismatchError:
    return MismatchError(
        f"{name} is damaged: {why}", hint="nothing of it can be trusted: take another backup"
    )
