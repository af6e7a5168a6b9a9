"""What generated code does to an argument before it is bound."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from strongroom.session.errors import BadParameter

T = TypeVar("T")


def listed(values: Iterable[T] | None) -> list[T] | None:
    """The values of a VARIADIC argument as a list. Raises BadParameter for a single string."""
    if values is None:
        return None
    if isinstance(values, str | bytes):
        raise BadParameter("several values are expected, not one string: put it into a list")
    return list(values)
