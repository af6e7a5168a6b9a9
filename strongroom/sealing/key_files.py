"""New master keys: made here, written to a file that only its owner may read, and shown nowhere."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from strongroom.errors import UsageError
from strongroom.sealing.errors import MissingKey
from strongroom.sealing.providers import EnvironmentKeys, FileKeys, check_key_id, new_key


def add_key(path: Path, key_id: str, *, as_environment: bool) -> None:
    """Append a new key: as `FileKeys` reads it, or as a line of an environment file.

    Raises UsageError where the file can be read by others, or has the key already.
    """
    check_key_id(key_id)
    name = EnvironmentKeys.variable(key_id) if as_environment else key_id
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from None
    with os.fdopen(handle, "a", encoding="ascii") as file:
        # Two lines of one name would make every key in the file unreadable.
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            if name in FileKeys(path).names():
                raise UsageError(f"{path} has {name} already")
        except MissingKey as error:
            raise UsageError(str(error)) from None
        if file.seek(0, os.SEEK_END) and not path.read_bytes().endswith(b"\n"):
            file.write("\n")
        file.write(f"{name}={new_key()}\n" if as_environment else f"{name} = {new_key()}\n")
        file.flush()
        os.fsync(file.fileno())
