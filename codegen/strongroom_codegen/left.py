"""Apps that no server here can hold, as people are told of them."""

from __future__ import annotations

import sys
from collections.abc import Mapping


def say_left(left: Mapping[str, str], what: str) -> None:
    """One line for each, with the reason, where errors go."""
    for app, reason in left.items():
        print(f"{app} is {what}: {reason}", file=sys.stderr)
