"""What is known about one value, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """Can the value be NULL; `word` is a name in the query at which people should look."""

    nullable: bool
    reason: str
    word: str | None = None


def never(reason: str) -> Verdict:
    return Verdict(False, reason)


def maybe(reason: str, word: str | None = None) -> Verdict:
    return Verdict(True, reason, word)
