"""What goes wrong in the middle of an apply or a rollback."""

from __future__ import annotations

from strongroom.errors import StrongroomError


class MigrationError(StrongroomError):
    """A file failed and was rolled back; the database is as it was before that file."""

    exit_code = 1
