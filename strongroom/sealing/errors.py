"""What can go wrong with sealed fields. Messages name keys and fields, never what is in them.

SealingError
├── MissingKey          the provider has no key of this name
├── WrongKey            the key of this name is another one than it was
├── UnknownDataKey      the data key is gone (erased, or rotated away), or is not this session's
├── BadEnvelope         not an envelope of a version that is known
├── NotOpened           changed, or moved from another row, column, person or app
└── BadValue            a value that the field can't hold (also a ValueError)
"""

from __future__ import annotations


class SealingError(Exception):
    """A value was not sealed or not opened. `key_id`: which key it is about, if any."""

    def __init__(self, message: str, *, key_id: str | int | None = None) -> None:
        super().__init__(message)
        self.key_id = key_id


class MissingKey(SealingError):  # noqa: N818
    """The provider has no key of this name, or keeps it in a way that can't be trusted."""


class WrongKey(SealingError):  # noqa: N818
    """The provider's key is another one than this name stood for when it was registered."""


class UnknownDataKey(SealingError):  # noqa: N818
    """The data key is not there any more, or is another person's."""


class BadEnvelope(SealingError):  # noqa: N818
    """The bytes are no envelope."""


class NotOpened(SealingError):  # noqa: N818
    """The value was changed, or was sealed for another row, column, person or app."""


class BadValue(SealingError, ValueError):  # noqa: N818
    """A value of another type than the field's, or a row key that can't be written as text."""
