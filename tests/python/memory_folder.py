"""Where test servers and scratch folders live: in memory, where there is plenty of it.

A clone of the template is some 600 small files. A file system in memory makes them in a fraction of
the time that a disk takes, and nothing here outlives its machine on purpose.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ENOUGH = 4 * 1024**3


def memory_folder(root: Path) -> Path | None:
    """A folder of this project's own in memory; None where there is too little or none.

    `STRONGROOM_TEST_MEMORY=0` keeps everything on disk.
    """
    if os.environ.get("STRONGROOM_TEST_MEMORY") == "0" or not os.access(_MEMORY, os.W_OK):
        return None
    name = hashlib.sha256(os.fsencode(root)).hexdigest()[:12]
    folder = _MEMORY / f"strongroom-{os.geteuid()}-{name}"
    if not folder.exists():
        if shutil.disk_usage(_MEMORY).free < _ENOUGH:
            return None
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder if folder.stat().st_uid == os.geteuid() else None


def keep_in_memory(state: Path, root: Path) -> None:
    """Let a server's folder be a link into memory, unless it exists on disk already."""
    if state.is_symlink():
        state.resolve().mkdir(mode=0o700, parents=True, exist_ok=True)
    elif not state.exists() and (folder := memory_folder(root)):
        (folder / state.name).mkdir(mode=0o700, exist_ok=True)
        state.symlink_to(folder / state.name)
