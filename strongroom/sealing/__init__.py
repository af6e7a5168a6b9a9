"""Sealed fields: encrypted before they reach the server, and bound to their row and person.

`docs/kernel/sealing.md` tells the rest. Needs the extra `sealing`.
"""

from __future__ import annotations

from strongroom.sealing.blind import BlindIndex, normalised
from strongroom.sealing.errors import (
    BadEnvelope,
    BadValue,
    MissingKey,
    NotOpened,
    SealingError,
    UnknownDataKey,
    WrongKey,
)
from strongroom.sealing.fields import PADDING, DataKey, Field, key_number
from strongroom.sealing.keyring import IndexKey, Keyring, WrappedKey
from strongroom.sealing.providers import (
    EnvironmentKeys,
    FileKeys,
    KeyProvider,
    LocalKeys,
    new_key,
)
from strongroom.sealing.values import WRITINGS, RowKey, Writing, row_key_text

__all__ = [
    "PADDING",
    "WRITINGS",
    "BadEnvelope",
    "BadValue",
    "BlindIndex",
    "DataKey",
    "EnvironmentKeys",
    "Field",
    "FileKeys",
    "IndexKey",
    "KeyProvider",
    "Keyring",
    "LocalKeys",
    "MissingKey",
    "NotOpened",
    "RowKey",
    "SealingError",
    "UnknownDataKey",
    "WrappedKey",
    "Writing",
    "WrongKey",
    "key_number",
    "new_key",
    "normalised",
    "row_key_text",
]
