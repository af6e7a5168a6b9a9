"""Text as it travels to the server."""

from __future__ import annotations


def encoded_text(value: str) -> bytes:
    """Text as the server takes it; ValueError for what no server can hold."""
    try:
        encoded = value.encode()
    except UnicodeEncodeError:
        raise ValueError("text with a lone surrogate") from None
    # libpq would cut a value in text format short at a zero byte, and no server type holds one.
    if b"\x00" in encoded:
        raise ValueError("text with a zero byte")
    return encoded
