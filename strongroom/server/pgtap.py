"""pgTAP for every server: found where the machine has it, else fetched as a Debian package."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import psycopg

from strongroom.errors import StrongroomError
from strongroom.server import apt, debian13, places, postmaster

SCHEMA = "pgtap"
_MACHINE = Path("/usr/share/postgresql")
_PACKAGE = re.compile(r"^postgresql-(\d+)-pgtap$", re.MULTILINE)
_GRANTS = f"""
    GRANT USAGE ON SCHEMA {SCHEMA} TO PUBLIC;
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {SCHEMA} TO PUBLIC;
    GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO PUBLIC;
"""


def pgtap_files() -> Path | None:
    """The folder of pgtap.control and its scripts, None when the machine can't have them."""
    return _search()[0]


def pgtap_missing() -> str | None:
    """One line why there is no pgTAP here; None when there is."""
    return _search()[1]


def copy_pgtap(share: Path) -> None:
    """Copy pgTAP's files, if they are on this machine, to a folder that a server can read."""
    files = _look()
    target = share / "extension"
    if files is None or (target / "pgtap.control").is_file():
        return
    target.mkdir(parents=True, exist_ok=True)
    # The control file comes last: it is what says that the others are there.
    for file in sorted(files.glob("pgtap*"), key=lambda file: file.suffix == ".control"):
        shutil.copyfile(file, target / file.name)
        (target / file.name).chmod(0o644)
    for folder in (share, target):
        folder.chmod(0o755)


def ensure_pgtap(url: str) -> None:
    """Make pgTAP usable by every role of a database, in the schema `pgtap`.

    As an extension where the server offers it, else by running its script. Needs a role that may
    create a schema. Raises StrongroomError when there is no pgTAP here.
    """
    with psycopg.connect(url) as connection:
        # Several workers may want it in one database at the same time.
        connection.execute("SELECT pg_catalog.pg_advisory_xact_lock(hashtext('strongroom.pgtap'))")
        if not _is_there(connection):
            _install(connection)
            connection.execute(_GRANTS)


def _is_there(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    found = connection.execute("SELECT pg_catalog.to_regprocedure('pgtap.plan(integer)')")
    row = found.fetchone()
    return row is not None and row[0] is not None


def _install(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    offered = connection.execute(
        "SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'pgtap'"
    )
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    if offered.fetchone() is not None:
        connection.execute(f"CREATE EXTENSION IF NOT EXISTS pgtap WITH SCHEMA {SCHEMA}")
        return
    connection.execute(f"SET LOCAL search_path = {SCHEMA}, pg_catalog")
    connection.execute(_script().encode())


def _script() -> str:
    files = pgtap_files()
    if files is None:
        raise StrongroomError(
            f"there is no pgTAP here: {pgtap_missing()}",
            hint="apt-get install the postgresql-*-pgtap package of your PostgreSQL",
        )
    control = (files / "pgtap.control").read_text("utf-8")
    version = re.search(r"^default_version\s*=\s*'([^']+)'", control, re.MULTILINE)
    if version is None:
        raise StrongroomError(f"{files / 'pgtap.control'} names no default_version")
    text = (files / f"pgtap--{version[1]}.sql").read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("\\"))
    return "\n".join(lines).replace("@extschema@", SCHEMA)


@cache
def _search() -> tuple[Path | None, str | None]:
    if found := _look():
        return found, None
    try:
        reason = _fetch(_cached())
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}"
    except StrongroomError as error:
        reason = error.message
    return (None, reason) if reason else (_cached(), None)


def _look() -> Path | None:
    folders = _versions(_MACHINE)
    with suppress(StrongroomError):
        folders += [*_versions(debian13.folder() / "usr/share/postgresql"), _cached()]
    return next((folder for folder in folders if _has(folder)), None)


def _cached() -> Path:
    return places.cache_folder() / "pgtap"


def _versions(share: Path) -> list[Path]:
    return sorted(share.glob("*/extension"), reverse=True)


def _has(folder: Path) -> bool:
    return (folder / "pgtap.control").is_file() and any(folder.glob("pgtap--*.sql"))


def _fetch(target: Path) -> str | None:
    """Fetch a Debian package, without installing it, and keep its SQL; one line if that fails."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        return "no folder of PostgreSQL has it, and this is no Debian to fetch it from"
    target.parent.mkdir(parents=True, exist_ok=True)
    with postmaster.locked(target.with_name("pgtap.lock"), what="fetching pgTAP", seconds=300):
        if _has(target):
            return None
        names = _PACKAGE.findall(apt.run("apt-cache", "pkgnames", "postgresql-").stdout)
        if not names:
            return "apt knows no package postgresql-*-pgtap (apt-get update, as root, may help)"
        package = f"postgresql-{max(names, key=int)}-pgtap"
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="pgtap.") as scratch:
            return _unpack(package, Path(scratch), target)


def _unpack(package: str, scratch: Path, target: Path) -> str | None:
    done = apt.run("apt-get", "download", package, cwd=scratch)
    archives = list(scratch.glob("*.deb"))
    if done.returncode != 0 or not archives:
        return f"apt-get download {package} failed: {(done.stdout.splitlines() or ['?'])[-1]}"
    tree = scratch / "tree"
    subprocess.run(["dpkg-deb", "-x", archives[0], tree], check=True, capture_output=True)
    found = [folder for folder in _versions(tree / "usr/share/postgresql") if _has(folder)]
    if not found:
        return f"{package} has no pgtap.control"
    if target.exists():
        shutil.rmtree(target)
    found[0].rename(target)
    return None
