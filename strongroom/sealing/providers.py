"""Who keeps the master keys: the environment, a file, or a key service behind the same protocol."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import stat
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol, runtime_checkable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from strongroom.sealing.errors import MissingKey, WrongKey

KEY_BYTES = 32
NONCE_BYTES = 12
FINGERPRINT_BYTES = 16
KEY_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\.[a-z][a-z0-9]*(_[a-z0-9]+)*\.[1-9][0-9]{0,4}")


@runtime_checkable
class KeyProvider(Protocol):
    """Keeps master keys by name (app.purpose.version) and uses them; a key service fits in here.

    Raises MissingKey for a name that it does not know, WrongKey where a key does not fit.
    """

    def wrap(self, key_id: str, plaintext: bytes, context: bytes) -> bytes:
        """Encrypt a data key, bound to a context."""

    def unwrap(self, key_id: str, wrapped: bytes, context: bytes) -> bytes:
        """Decrypt what `wrap` made for the same context."""

    def mac(self, key_id: str, data: bytes) -> bytes:
        """32 bytes that only who has the key can make of this."""

    def fingerprint(self, key_id: str) -> bytes:
        """16 bytes that tell this key from others and nothing of what it is."""


class LocalKeys:
    """A provider whose keys are in this process. Each use has a key of its own, derived from it."""

    def material(self, key_id: str) -> bytes:
        """The 32 bytes of a key. Raises MissingKey."""
        raise NotImplementedError

    def wrap(self, key_id: str, plaintext: bytes, context: bytes) -> bytes:
        """Nonce, ciphertext and tag of AES-256-GCM."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + _cipher(self.material(key_id)).encrypt(nonce, plaintext, context)

    def unwrap(self, key_id: str, wrapped: bytes, context: bytes) -> bytes:
        """Raises WrongKey where the key, the context or the bytes are others than they were."""
        cipher = _cipher(self.material(key_id))
        try:
            return cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context)
        except (InvalidTag, ValueError):
            raise WrongKey(
                f"key {key_id} does not unwrap this data key: it is another key under the same"
                " name, or the wrapped key was changed or moved",
                key_id=key_id,
            ) from None

    def mac(self, key_id: str, data: bytes) -> bytes:
        """HMAC-SHA256."""
        return hmac.digest(_derived(self.material(key_id), b"strongroom mac"), data, "sha256")

    def fingerprint(self, key_id: str) -> bytes:
        """The first bytes of an HMAC of the key's name."""
        key = _derived(self.material(key_id), b"strongroom fingerprint")
        return hmac.digest(key, key_id.encode(), "sha256")[:FINGERPRINT_BYTES]


class EnvironmentKeys(LocalKeys):
    """Keys in variables: `tarot.birth.1` is STRONGROOM_KEY_TAROT__BIRTH__1, in base64."""

    PREFIX = "STRONGROOM_KEY_"

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment

    @classmethod
    def variable(cls, key_id: str) -> str:
        """The name of the variable of a key."""
        return cls.PREFIX + check_key_id(key_id).replace(".", "__").upper()

    def material(self, key_id: str) -> bytes:
        """Raises MissingKey where the variable is not set, or holds no key."""
        name = self.variable(key_id)
        text = self._environment.get(name)
        if text is None:
            raise MissingKey(f"key {key_id} is missing: {name} is not set", key_id=key_id)
        return decode_key(key_id, text, name)


class FileKeys(LocalKeys):
    """Keys in a file that only its owner may read: lines of `tarot.birth.1 = BASE64`.

    The file is read again when it has changed.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._read_at: tuple[int, int, int] | None = None
        self._keys: dict[str, str] = {}

    def names(self) -> list[str]:
        """The names of the keys in the file."""
        self._read()
        return list(self._keys)

    def material(self, key_id: str) -> bytes:
        """Raises MissingKey where the file has no such key, or others could have read it."""
        check_key_id(key_id)
        self._read()
        if key_id not in self._keys:
            raise MissingKey(f"key {key_id} is missing in {self._path}", key_id=key_id)
        return decode_key(key_id, self._keys[key_id], str(self._path))

    def _read(self) -> None:
        try:
            with self._path.open("rb") as file:
                found = os.fstat(file.fileno())
                self._check(found)
                now = (found.st_ino, found.st_mtime_ns, found.st_size)
                if now == self._read_at:
                    return
                lines = file.read().decode("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise MissingKey(f"the key file {self._path} can't be read: {reason}") from None
        pairs = [line.partition("=") for line in lines if line.strip() and line[:1] != "#"]
        keys = {name.strip(): text.strip() for name, _, text in pairs}
        if len(keys) < len(pairs):
            raise MissingKey(f"the key file {self._path} has two keys of one name")
        self._keys, self._read_at = keys, now

    def _check(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise MissingKey(f"the key file {self._path} is no plain file")
        if found.st_uid not in (os.getuid(), 0):
            raise MissingKey(f"the key file {self._path} belongs to somebody else")
        if stat.S_IMODE(found.st_mode) & 0o177:
            raise MissingKey(
                f"the key file {self._path} can be read by others than its owner: chmod 600 it"
            )


def new_key() -> str:
    """A new master key, as the environment and a file hold it."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def check_key_id(key_id: str) -> str:
    """The name, if it can be one of a key."""
    if KEY_ID.fullmatch(key_id) is None:
        raise MissingKey("a key is called app.purpose.version, in small letters", key_id=key_id)
    return key_id


def decode_key(key_id: str, text: str, place: str) -> bytes:
    """The bytes of a key; raises MissingKey, without the text, where it is none."""
    try:
        material = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        material = b""
    if len(material) != KEY_BYTES:
        raise MissingKey(
            f"key {key_id} in {place} is not {KEY_BYTES} bytes in base64", key_id=key_id
        )
    return material


def _derived(material: bytes, use: bytes) -> bytes:
    return hmac.digest(material, use, hashlib.sha256)


@lru_cache(maxsize=256)
def _cipher(material: bytes) -> AESGCM:
    return AESGCM(_derived(material, b"strongroom wrap"))
