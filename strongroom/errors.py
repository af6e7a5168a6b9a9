"""What goes wrong for a person at the command line, with one exit code for each kind.

StrongroomError
├── UsageError            2   wrong arguments or configuration
├── PendingError          3   something is still to be applied (`status --check`)
├── MismatchError         4   the database, or a generated file, is not what the sources say
├── LockError             5   another deployer, or a lock that was not granted in time
├── HistoryError          6   an applied migration was edited, renamed or removed
├── LintError             7   a rule was broken
├── PartialError          8   a non-transactional file stopped midway; `apply` resumes it
├── ConnectError          9   the server can't be reached, or refused us
├── WarnError            10   `doctor` found what is a WARN at worst
└── AlarmError           11   `doctor` found an ERROR
"""

from __future__ import annotations

from typing import Any, ClassVar


class StrongroomError(Exception):
    """What happened, where, and what to do; the command prints it and exits with `exit_code`.

    answer  what a command that was asked for JSON has to say besides what went wrong
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.answer: dict[str, Any] = {}


class UsageError(StrongroomError):
    """Arguments or configuration that can't be followed."""

    exit_code = 2


class PendingError(StrongroomError):
    """Something is still to be applied."""

    exit_code = 3


class MismatchError(StrongroomError):
    """The database or a generated file differs from its source."""

    exit_code = 4


class LockError(StrongroomError):
    """A lock was not granted in time."""

    exit_code = 5


class HistoryError(StrongroomError):
    """The record of applied migrations and the files disagree."""

    exit_code = 6


class LintError(StrongroomError):
    """A rule was broken."""

    exit_code = 7


class PartialError(StrongroomError):
    """A non-transactional file stopped midway."""

    exit_code = 8


class ConnectError(StrongroomError):
    """The server can't be reached, or refused the connection."""

    exit_code = 9


class WarnError(StrongroomError):
    """Checks of a database warn, and none raises the alarm."""

    exit_code = 10


class AlarmError(StrongroomError):
    """A check of a database raises the alarm."""

    exit_code = 11
