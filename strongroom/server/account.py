"""With whose rights a server runs: PostgreSQL refuses to run as root.

A plain user runs it directly. Root runs it in a user namespace of its own, where root is seen as an
ordinary account while files stay root's. Where namespaces are forbidden, root drops to an
unprivileged account, which then needs a place of its own to live in (`places.private_place`).
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from strongroom.errors import StrongroomError

Kind = Literal["direct", "namespace", "dropped"]


@dataclass(frozen=True, slots=True)
class Account:
    """How commands of a server run. `uid` and `gid` are set when they run as someone else."""

    kind: Kind
    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    @property
    def name(self) -> str:
        return _name(os.geteuid() if self.uid is None else self.uid)

    def run(
        self,
        argv: Sequence[str | os.PathLike[str]],
        *,
        timeout: float | None = None,
        pass_fds: Sequence[int] = (),
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; its output comes back as text, its failure as a return code."""
        return subprocess.run(
            [*self.prefix, *map(os.fspath, argv)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            umask=0o077,
            timeout=timeout,
            pass_fds=tuple(pass_fds),
            env=clean_environment(environment),
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
        )


def clean_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our environment without what would change how PostgreSQL's programs behave."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "LC_")) and name not in {"LANG", "LANGUAGE"}
    }
    return {**kept, "LC_ALL": "C", **(more or {})}


def direct() -> Account:
    """Run as ourselves."""
    return Account("direct")


def namespace() -> Account:
    """Run as root that looks like an ordinary account from inside."""
    seen_as = _ordinary()
    ids = (f"--map-user={seen_as.pw_uid}", f"--map-group={seen_as.pw_gid}")
    return Account("namespace", prefix=("unshare", "--user", *ids, "--"))


def dropped(uid: int | None = None) -> Account:
    """Run as another account: the owner of a given cluster, else `nobody`."""
    if uid is None:
        entry = _ordinary(prefer="nobody")
        return Account("dropped", uid=entry.pw_uid, gid=entry.pw_gid)
    try:
        gid = pwd.getpwuid(uid).pw_gid
    except KeyError:
        raise StrongroomError(
            f"the cluster belongs to uid {uid}, an account that this machine does not know",
            hint="run as the account that made it, or give the folder an owner that exists",
        ) from None
    return Account("dropped", uid=uid, gid=gid)


def choose() -> Account:
    """The best that this process may do."""
    if os.geteuid() != 0:
        return direct()
    return namespace() if namespaces_work() else dropped()


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


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
