"""With whose rights a server runs: PostgreSQL refuses to run as root.

A plain user runs it directly. Root runs it in a user namespace of its own, where root is seen as an
ordinary account while files stay root's. Where namespaces are forbidden, root drops to an
unprivileged account, which then needs a place of its own to live in (`places.private_place`).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from strongroom.errors import StrongroomError

with suppress(ImportError):  # On Windows nothing here runs, and `missing` says so.
    import pwd

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
Kind = Literal["direct", "namespace", "dropped", "chroot"]


@dataclass(frozen=True, slots=True)
class Account:
    """How commands of a server run.

    prefix   the words that stand before each command
    uid, gid whose the server's files are, when they are not ours
    view     a folder, and the name under which these commands see it
    """

    kind: Kind
    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None
    view: tuple[Path, str] | None = None

    @property
    def name(self) -> str:
        return pwd.getpwuid(os.geteuid() if self.uid is None else self.uid).pw_name

    def seen(self, path: Path) -> str:
        """The name of a file as this account's commands see it."""
        if self.view is not None and path.is_relative_to(self.view[0]):
            return str(Path(self.view[1]) / path.relative_to(self.view[0]))
        return str(path)

    def give(self, path: Path) -> None:
        """Make a file that we have just made this account's own."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def write(self, path: Path, text: str, *, append: bool = False) -> None:
        """Write a file as this account: what it owns it may have replaced by a link to elsewhere,
        through which root must not write."""
        script = 'cat >> "$1"' if append else 'rm -f "$1"; cat > "$1"'
        done = self.run(["sh", "-ec", script, "sh", path], text=text)
        if done.returncode != 0:
            raise StrongroomError(f"can't write {path}: {done.stdout.strip()}")

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        timeout: float | None = None,
        pass_fds: Sequence[int] = (),
        text: str = "",
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, `text` being its input.

        Its output and errors come back as one text, its failure as a return code.
        """
        drop = self.kind == "dropped"
        return subprocess.run(
            [*self.prefix, *(self.seen(a) if isinstance(a, Path) else a for a in argv)],
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            umask=0o077,
            timeout=timeout,
            pass_fds=tuple(pass_fds),
            env=clean_environment(),
            user=self.uid if drop else None,
            group=self.gid if drop else None,
            extra_groups=[] if drop else None,
        )


def clean_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our environment without what would change how PostgreSQL's programs behave."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "LC_")) and name not in {"LANG", "LANGUAGE"}
    }
    # Root's search path after a plain `su` lacks the folders of chroot and debootstrap.
    path = ":".join(filter(None, [kept.get("PATH"), SYSTEM_PATH]))
    return {**kept, "LC_ALL": "C", "PATH": path, **(more or {})}


def direct() -> Account:
    """Run as ourselves."""
    return Account("direct")


def namespace() -> Account:
    """Run as root that looks like an ordinary account from inside."""
    seen_as = _ordinary()
    ids = (f"--map-user={seen_as.pw_uid}", f"--map-group={seen_as.pw_gid}")
    return Account("namespace", prefix=("unshare", "--user", *ids, "--"))


def dropped() -> Account:
    """Run as `nobody`, or whoever comes nearest to that."""
    entry = _ordinary(prefer="nobody")
    return Account("dropped", uid=entry.pw_uid, gid=entry.pw_gid)


def choose() -> Account:
    """The best that this process may do."""
    if os.geteuid() == 0:
        return namespace() if namespaces_work() else dropped()
    if _is_known(os.geteuid()) or not namespaces_work():
        return direct()
    # initdb insists on an account with a name, which a container's often lacks.
    return namespace()


@cache
def namespaces_work() -> bool:
    """Whether we may make a user namespace (containers often forbid it)."""
    try:
        return namespace().run(["true"], timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired, StrongroomError):
        return False


def _ordinary(prefer: str | None = None) -> pwd.struct_passwd:
    """An account that is not root; PostgreSQL asks the machine for the name of its account."""
    entries = [entry for entry in pwd.getpwall() if entry.pw_uid > 0]
    if not entries:
        raise StrongroomError(
            "this machine knows no account but root, and PostgreSQL refuses to run as root",
            hint="add an account (useradd --system strongroom), or set DATABASE_URL",
        )
    wanted = [entry for entry in entries if entry.pw_name == prefer]
    return (wanted or sorted(entries, key=lambda entry: entry.pw_uid < 1000))[0]


def _is_known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
