"""Where a server keeps what it needs: state, sockets, and what several projects share."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from strongroom.errors import StrongroomError
from strongroom.server.account import Account, direct

# sun_path of sockaddr_un is 108 bytes with its closing NUL.
SOCKET_PATH_LIMIT = 107
_PREFIX = "strongroom-"
_SYSTEM_STATE = Path("/var/lib/strongroom")


def is_root() -> bool:
    return os.geteuid() == 0


def own_folder(path: Path, *, owner: Account | None = None) -> Path:
    """A folder of ours, 0700, made when it is not there; an existing one is left as it is."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        if not path.is_dir():
            raise StrongroomError(
                f"{path} is in the way: it is not a folder", hint="move it away"
            ) from None
        return path
    except OSError as error:
        raise StrongroomError(
            f"{path}: can't make this folder: {error.strerror}",
            hint="run where you may write, or give the disk some space",
        ) from error
    if owner is not None:
        owner.give(path)
    return path


def state_folder(root: Path) -> Path:
    """The folder of a project's servers, which git is told to ignore."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        if not (ignore := root / ".gitignore").exists():
            ignore.write_text("*\n", "utf-8")
    except OSError as error:
        raise StrongroomError(
            f"{root}: can't write here: {error.strerror}",
            hint="run in a folder where you may write, or set DATABASE_URL",
        ) from error
    return root


def cache_folder() -> Path:
    """What several projects of one person share: STRONGROOM_CACHE, else the usual cache folder."""
    if chosen := os.environ.get("STRONGROOM_CACHE"):
        return Path(chosen).absolute()
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base).absolute() / "strongroom"
    try:
        return Path.home() / ".cache" / "strongroom"
    except RuntimeError:
        raise StrongroomError(
            "this account has no home folder to keep a cache in",
            hint="set STRONGROOM_CACHE to a folder of yours",
        ) from None


def system_folder() -> Path:
    """A folder of root's that every account may pass, for what a dropped account needs."""
    base = _SYSTEM_STATE
    try:
        base.mkdir(parents=True)
        base.chmod(0o711)
    except FileExistsError:
        return base
    except OSError as error:
        raise StrongroomError(
            f"{base}: can't make this folder: {error.strerror}",
            hint=f"user namespaces are forbidden here, so a server of root lives in {base}; "
            "make it writable, run as a plain user, or set DATABASE_URL",
        ) from error
    return base


def private_place(account: Account) -> Path:
    """A new folder of a dropped account's own, for one server."""
    made = Path(tempfile.mkdtemp(prefix=f"{account.name}-", dir=system_folder()))
    account.give(made)
    return made


def socket_folder(state: Path, place: Path, account: Account) -> Path:
    """A private folder whose path is short enough for a socket; remembered in the state folder."""
    usual = place / "socket"
    if fits(usual):
        return own_folder(usual, owner=account)
    memory = state / "socket-folder"
    if memory.is_file():
        known = Path(memory.read_text("utf-8").rstrip("\n"))
        if _is_private(known, account):
            return known
    made = _short_folder(account)
    memory.write_text(f"{made}\n", "utf-8")
    return made


def short_name(state: Path, usual: Path) -> None:
    """See to it that a folder has a name that is short enough; remembered in the state folder."""
    memory = state / "socket-folder"
    if fits(usual) or (memory.is_file() and known_socket_folder(state, usual.parent).exists()):
        return
    link = _short_folder(direct()) / "s"
    link.symlink_to(usual)
    memory.write_text(f"{link}\n", "utf-8")


def forget_socket_folder(state: Path) -> None:
    """Remove a private folder that only a running server needs."""
    memory = state / "socket-folder"
    if not memory.is_file():
        return
    known = Path(memory.read_text("utf-8").rstrip("\n"))
    memory.unlink()
    # What is not there, not empty or not ours stays as it is.
    with suppress(OSError):
        if known.is_symlink():
            known.unlink()
            known = known.parent
        if known.name.startswith(_PREFIX):
            known.rmdir()


def known_socket_folder(state: Path, place: Path) -> Path:
    """Where the sockets of a state folder are, without making anything."""
    usual = place / "socket"
    memory = state / "socket-folder"
    if fits(usual) or not memory.is_file():
        return usual
    return Path(memory.read_text("utf-8").rstrip("\n"))


def fits(folder: Path) -> bool:
    """Whether libpq and PostgreSQL can both name a socket in this folder."""
    name = os.fsencode(folder / ".s.PGSQL.65535")
    # A comma separates hosts for libpq and folders for the server.
    return len(name) <= SOCKET_PATH_LIMIT and name.isascii() and not set(b',"') & set(name)


def _short_folder(account: Account) -> Path:
    # The runtime folder comes last: it is removed when its user logs out.
    runtime = os.environ.get("XDG_RUNTIME_DIR") if account.uid is None else None
    for base in (tempfile.gettempdir(), "/tmp", runtime):  # noqa: S108 (a 0700 folder is made in it)
        if base is None or not os.access(base, os.W_OK | os.X_OK):
            continue
        if not fits(Path(base) / f"{_PREFIX}12345678" / "s"):
            continue
        made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
        account.give(made)
        return made
    raise StrongroomError(
        "no folder with a path short enough for a socket can be written",
        hint="set XDG_RUNTIME_DIR or TMPDIR to a short path",
    )


def _is_private(folder: Path, account: Account) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    owner = os.geteuid() if account.uid is None else account.uid
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == owner
        and stat.S_IMODE(found.st_mode) == 0o700
    )
