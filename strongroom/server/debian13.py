"""A folder with Debian 13 and the full PostgreSQL in it, made once for all projects of a person.

`debootstrap` makes the system, `apt-get` inside it brings the packages. Everything happens in a
mount namespace that dies with its last process, so no mount is ever left behind, and in a folder
beside the real one, so what bears the real name is complete.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from strongroom.errors import StrongroomError
from strongroom.server import apt, places, postmaster
from strongroom.server.account import SYSTEM_PATH, clean_environment

SUITE = "trixie"
MAJOR = 17
PACKAGES = (
    "postgresql-17",
    "postgresql-17-pgtap",
    "postgresql-17-pgvector",
    "postgresql-17-plpgsql-check",
    "postgresql-17-postgis-3",
    "pgbouncer",
)
# Fixed, so that clusters of projects outlive the folder that ran them.
POSTGRES_ID = 5432
PROGRAMS = Path(f"/usr/lib/postgresql/{MAJOR}/bin")
_EXTENSIONS = f"usr/share/postgresql/{MAJOR}/extension"
_NEEDED = (
    *(f"usr/lib/postgresql/{MAJOR}/bin/{name}" for name in ("initdb", "pg_ctl", "postgres")),
    *(
        f"{_EXTENSIONS}/{name}.control"
        for name in ("pgtap", "vector", "plpgsql_check", "postgis-3")
    ),
    "usr/sbin/pgbouncer",
)
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_BYTES = 2_500_000_000
_DPKG = """force-unsafe-io
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/locale/*
path-exclude=/usr/share/man/*
"""
_PREPARE = f"""
groupadd --gid {POSTGRES_ID} postgres
useradd --uid {POSTGRES_ID} --gid {POSTGRES_ID} --no-create-home \
    --home-dir /var/lib/postgresql --shell /bin/bash postgres
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
mkdir -p /etc/postgresql-common
echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
"""
_INSTALL = f"""
apt-get update
apt-get install --yes --no-install-recommends {" ".join(PACKAGES)}
apt-get clean
rm -rf /var/lib/apt/lists/*
"""

Say = Callable[[str], None]


def folder() -> Path:
    """Where the folder is, or will be: projects that ask for other packages have one of their own,
    so that none is rebuilt below another's running server."""
    digest = hashlib.sha256(_stamp().encode()).hexdigest()[:8]
    return places.cache_folder() / f"debian13-{digest}"


def is_sound(root: Path) -> bool:
    """Whether the folder is complete, of the present package list, and its PostgreSQL starts."""
    try:
        stamp = (root / "strongroom.json").read_text("utf-8")
    except OSError:
        return False
    if stamp != _stamp() or not all((root / name).is_file() for name in _NEEDED):
        return False
    command = ["chroot", str(root), str(PROGRAMS / "postgres"), "--version"]
    return _succeeds(command)


def cannot_use() -> str | None:
    """One line why such a folder can be neither run nor made here; None when it can."""
    if sys.platform != "linux":
        return f"it is a Debian, and this is {sys.platform}"
    if os.geteuid() != 0:
        return "only root can run it (chroot)"
    if not _succeeds(["unshare", "--mount", "true"]):
        return "this container may not make mount namespaces (it needs CAP_SYS_ADMIN)"
    if not (folder() / "strongroom.json").is_file() and shutil.which("apt-get") is None:
        return "its folder is made with Debian's apt-get, which this machine does not have"
    return None


def ensure(say: Say | None = None) -> Path:
    """The folder, made or made anew when it is not sound; a minute or two the first time."""
    root = folder()
    if is_sound(root):
        return root
    say = say or _say
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StrongroomError(
            f"{root.parent}: can't make this folder: {error.strerror}",
            hint="set STRONGROOM_CACHE to a folder where you may write",
        ) from error
    lock = root.with_name(f"{root.name}.lock")
    if not postmaster.RunLock(lock).is_free():
        say(f"another process is making {root}; waiting for it")
    with postmaster.locked(lock, what=f"making {root}", seconds=1800) as descriptor:
        if not is_sound(root):
            _build(root, say, descriptor)
    return root


def _build(root: Path, say: Say, lock: int) -> None:
    _check_space(root.parent)
    half = root.with_name(f"{root.name}.half")
    log = root.with_name(f"{root.name}.log")
    log.write_text("", "utf-8")
    remove(half)
    began = time.monotonic()
    say(f"making a Debian 13 with PostgreSQL {MAJOR} in {root} (once, about two minutes)")
    if shutil.which("debootstrap", path=SYSTEM_PATH) is None:
        apt.install("debootstrap", log, say)
    if not _KEYRING.is_file():
        apt.install("debian-archive-keyring", log, say)
    options = ["--variant=minbase", "--force-check-gpg", f"--keyring={_KEYRING}"]
    where = [SUITE, str(half), *filter(None, [apt.mirror()])]
    with _failing_to(f"debootstrap failed, {log} has the details"):
        _logged(["debootstrap", *options, *where], log, lock)
    say(f"the system is there after {time.monotonic() - began:.0f} s; installing packages")
    (half / "etc/dpkg/dpkg.cfg.d/strongroom").write_text(_DPKG, "utf-8")
    (half / "etc/apt/apt.conf.d/99strongroom").write_text(apt.proxies(), "utf-8")
    with _failing_to(f"apt-get failed inside {half}, {log} has the details"):
        for script in (_PREPARE, _INSTALL):
            _logged(["chroot", str(half), "sh", "-ec", script], log, lock)
    (half / "strongroom.json").write_text(_stamp(), "utf-8")
    if not is_sound(half):
        lacking = ", ".join(name for name in _NEEDED if not (half / name).is_file())
        raise StrongroomError(
            f"{half} is not complete: {lacking or 'its PostgreSQL does not start'}",
            hint=f"look into {log}",
        )
    remove(root)
    half.rename(root)
    say(f"made in {time.monotonic() - began:.0f} s")


def remove(root: Path) -> None:
    """Remove such a folder; never anything that is mounted in it."""
    mounts = Path("/proc/self/mountinfo").read_text("utf-8").splitlines()
    inside = [line.split()[4] for line in mounts if Path(line.split()[4]).is_relative_to(root)]
    if inside:
        raise StrongroomError(
            f"{inside[0]} is mounted inside {root}, which has to be removed",
            hint=f"umount {inside[0]}",
        )
    if root.exists():
        shutil.rmtree(root)


@contextmanager
def _failing_to(message: str) -> Iterator[None]:
    try:
        yield
    except subprocess.CalledProcessError as error:
        tail = "\n".join(str(error.output).splitlines()[-12:])
        full = "No space left" in tail
        raise StrongroomError(
            f"{message}\n{tail}",
            hint="give the disk some space (STRONGROOM_CACHE chooses another one)"
            if full
            else "check the network and the package mirror, then try again; it begins anew",
        ) from error


def _logged(argv: list[str], log: Path, lock: int) -> None:
    """Run a command in a mount namespace of its own, its output in a log.

    It holds the lock with us: when we are killed, nobody begins anew before it has ended.
    """
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "PATH": SYSTEM_PATH, "TMPDIR": "/tmp"}  # noqa: S108
    start = log.stat().st_size
    with log.open("ab") as file:
        done = subprocess.run(
            ["unshare", "--mount", "--", *argv],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
            umask=0o022,
            pass_fds=(lock,),
            env=clean_environment(quiet),
        )
    if done.returncode != 0:
        output = log.read_bytes()[start:].decode("utf-8", "replace")
        raise subprocess.CalledProcessError(done.returncode, argv, output)


def _check_space(where: Path) -> None:
    free = shutil.disk_usage(where).free
    if free < _BYTES:
        raise StrongroomError(
            f"{where} has {free / 1e9:.1f} GB free, and the full server needs {_BYTES / 1e9:.1f}",
            hint="give the disk some space, or set STRONGROOM_CACHE to another one",
        )


def _succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=clean_environment())
    except OSError:
        return False
    return done.returncode == 0


def _stamp() -> str:
    content = {"format": 1, "suite": SUITE, "packages": PACKAGES, "postgres": POSTGRES_ID}
    return json.dumps(content, indent=2) + "\n"


def _say(line: str) -> None:
    print(f"full server: {line}", file=sys.stderr, flush=True)
