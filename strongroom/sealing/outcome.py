"""What a rotation of keys would do, what it did, and what it had to leave."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from strongroom.errors import StrongroomError
from strongroom.sealing.resealing import Unopened

LISTED = 1_000
"""Values that don't open are named one by one up to so many of a table."""


@dataclass(slots=True)
class Rotated:
    """What a rotation did.

    left      rows under old keys, by column, counted when it had ended
    unopened  values that do not open, as they were found by the last walk; `unopened_count` of them
    elsewhere fields under old keys where no rotation goes, as in partitions that were detached; -1
              where nobody can say
    broken_data_keys  those that the right master key does not unwrap: they were changed
    """

    key: str
    kind: str
    registered: bool = False
    rewrapped: int = 0
    replaced: int = 0
    fields: int = 0
    left: dict[str, int] = field(default_factory=dict)
    data_keys_left: int = 0
    elsewhere: dict[str, int] = field(default_factory=dict)
    unopened_count: int = 0
    unopened: list[Unopened] = field(default_factory=list)
    broken_data_keys: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Left:
    """Values of a table that its last walk could not open."""

    count: int = 0
    listed: list[Unopened] = field(default_factory=list)

    def add(self, found: list[Unopened]) -> None:
        self.count += len(found)
        self.listed += found[: LISTED - len(self.listed)]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a rotation would do: to which key, whether that is new, and what is under old ones."""

    key: str
    kind: str
    is_new: bool
    retiring: tuple[str, ...]
    data_keys: int
    fields: int


def refuse_leftovers(done: Rotated, purpose: str) -> None:
    """An error with the whole outcome as its answer, where something is under old keys.

    `purpose`: app and purpose.
    """
    if done.unopened_count or done.broken_data_keys:
        error = StrongroomError(
            f"all but {done.unopened_count:,} values and {len(done.broken_data_keys):,} data keys"
            f" of {purpose} were brought over: these do not open",
            hint="put them back from a backup, or empty them; then run it again",
        )
    elif any(done.left.values()) or done.data_keys_left:
        error = StrongroomError(
            f"something is left under the old keys of {purpose}:"
            f" {sum(done.left.values())} fields, {done.data_keys_left} data keys",
            hint="somebody writes under them: run it again",
        )
    else:
        return
    error.answer = asdict(done)
    raise error
