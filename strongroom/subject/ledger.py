"""The erasure ledger as a file: who was erased, for copies that are restored later.

A line is an entry or a head, as JSON. A head says how far the ledger goes at that place, under a
key that is not in the database: a file that was cut or edited has no head that fits. One comes
before each change of the key as well, so that every key is proved to be the one that was used.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from strongroom.errors import MismatchError, UsageError
from strongroom.subject.pseudonyms import MacProvider

NOTHING = "00" * 32
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ENTRY = ("seq", "app", "pseudonym", "key_id", "act", "erased_at", "previous", "hash")
_HEAD = ("seq", "hash", "exported_at", "key_id", "mac")


@dataclass(frozen=True, slots=True)
class Entry:
    """An erasure that was finished; bytes are in hexadecimal, the time is ISO 8601 in UTC."""

    seq: int
    app: str
    pseudonym: str
    key_id: str
    act: str
    erased_at: str
    previous: str
    hash: str

    def link(self) -> str:
        """What `hash` must be: kernel.ledger_link(). Raises ValueError where a field is none."""
        moment = datetime.fromisoformat(self.erased_at)
        pseudonym = bytes.fromhex(self.pseudonym)
        # People are found by the text: another spelling of the same bytes would hide them.
        if pseudonym.hex() != self.pseudonym:
            raise ValueError("not as it is exported")
        parts = [
            bytes.fromhex(self.previous),
            self.seq.to_bytes(8, "big"),
            *_sized(self.app.encode()),
            *_sized(pseudonym),
            *_sized(self.key_id.encode()),
            UUID(self.act).bytes,
            ((moment - _EPOCH) // _MICROSECOND).to_bytes(8, "big", signed=True),
        ]
        return hashlib.sha256(b"".join(parts)).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Head:
    """How far the ledger goes: `mac` is over the rest, by the key of its newest entry."""

    seq: int
    hash: str
    exported_at: str
    key_id: str | None = None
    mac: str | None = None

    def signed(self, provider: MacProvider | None) -> Head:
        """The same with a mac; that of an empty ledger has none, for it has no key."""
        if self.key_id is None:
            return self
        if provider is None:
            raise UsageError(f"key {self.key_id} is needed to sign the ledger")
        mac = provider.mac(self.key_id, self._content()).hex()
        return Head(self.seq, self.hash, self.exported_at, self.key_id, mac)

    def is_signed(self, provider: MacProvider) -> bool:
        """Whether the mac is that of the key."""
        if self.key_id is None or self.mac is None:
            return self.seq == 0 and self.key_id is None and self.mac is None
        mac = provider.mac(self.key_id, self._content()).hex()
        return hmac.compare_digest(mac.encode(), self.mac.encode(errors="replace"))

    def _content(self) -> bytes:
        return f"strongroom ledger head {self.seq} {self.hash} {self.exported_at}".encode()


@dataclass(slots=True)
class Reading:
    """A ledger file that is read and checked, line after line; `head` is the newest at the end."""

    path: Path
    provider: MacProvider | None
    head: Head | None = None
    size: int = 0
    _seq: int = 0
    _hash: str = NOTHING
    _key_id: str | None = None

    def entries(self, file: BinaryIO) -> Iterator[Entry]:
        """Each entry, checked. MismatchError, with the line, where the file was changed."""
        for number, line in enumerate(file, 1):
            found = self._parsed(number, line)
            self.size += len(line)
            if isinstance(found, Entry):
                self._check_entry(number, found)
                yield found
            else:
                self._check_head(number, found)
        if self.head is None or self.head.seq != self._seq:
            raise self._broken(
                None, f"it was cut: entry {self._seq} is its last, and no head follows"
            )

    def _parsed(self, number: int, line: bytes) -> Entry | Head:
        try:
            found = json.loads(line)
            kind = found.pop("kind")
            fields = {"entry": _ENTRY, "head": _HEAD}[kind]
            if (
                not line.endswith(b"\n")
                or set(found) != set(fields)
                or type(found["seq"]) is not int
                or not all(_is_text(name, value) for name, value in found.items() if name != "seq")
            ):
                raise ValueError
            return Entry(**found) if kind == "entry" else Head(**found)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise self._broken(number, "it is no whole line of a ledger") from None

    def _check_entry(self, number: int, entry: Entry) -> None:
        if (entry.seq, entry.previous) != (self._seq + 1, self._hash):
            raise self._broken(number, f"it does not continue entry {self._seq}")
        try:
            is_whole = entry.link() == entry.hash
        except (ValueError, TypeError, OverflowError):
            is_whole = False
        if not is_whole:
            raise self._broken(number, f"entry {entry.seq} was edited: its hash is another")
        if (
            self._seq
            and entry.key_id != self._key_id
            and (self.head is None or self.head.seq != self._seq)
        ):
            raise self._broken(number, f"no head proves the key of entry {self._seq}")
        self._seq, self._hash, self._key_id = entry.seq, entry.hash, entry.key_id

    def _check_head(self, number: int, head: Head) -> None:
        if (head.seq, head.hash, head.key_id) != (self._seq, self._hash, self._key_id):
            raise self._broken(number, f"its head is not that of entry {self._seq}")
        if self.provider is not None and not head.is_signed(self.provider):
            raise self._broken(number, "its head was made with another key, or edited")
        self.head = head

    def _broken(self, number: int | None, what: str) -> MismatchError:
        place = str(self.path) if number is None else f"{self.path}:{number}"
        return MismatchError(
            f"the ledger can't be trusted: {place}: {what}",
            hint="take another copy of the file; nothing of this one was used",
        )


def read(path: Path, provider: MacProvider | None) -> tuple[Reading, Iterator[Entry]]:
    """A ledger file, and its entries as they are read; without a provider, heads are not proved.

    Raises UsageError for a file that can't be read, and what Reading.entries() raises.
    """
    reading = Reading(path, provider)
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"the ledger {path} can't be read: {error.strerror}") from None

    def entries() -> Iterator[Entry]:
        with file:
            yield from reading.entries(file)

    return reading, entries()


def verify(path: Path, provider: MacProvider | None) -> Head:
    """Read the whole file; its head. Raises what `read` raises."""
    reading, entries = read(path, provider)
    for _ in entries:
        pass
    assert reading.head is not None
    return reading.head


def line(found: Entry | Head) -> bytes:
    """An entry or a head as a line of the file."""
    kind = "entry" if isinstance(found, Entry) else "head"
    return json.dumps({"kind": kind, **asdict(found)}, separators=(",", ":")).encode() + b"\n"


def _is_text(name: str, value: object) -> bool:
    # The head of an empty ledger has no key.
    return isinstance(value, str) or (value is None and name in ("key_id", "mac"))


def _sized(part: bytes) -> tuple[bytes, bytes]:
    return len(part).to_bytes(4, "big"), part
